"""The PyTorch networks that the lessons train and count.

Each is an `nn.Sequential` whose layers have names, so that `model.fc1.weight` is the weight of the first
fully connected layer and `model[:7]` is the network up to its seventh layer. All return logits: softmax
belongs to the loss. Made inside ``with torch.device("meta")`` a network has shapes and no memory, which is
all that counting needs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

from torch import nn

from cnnlab._lenet5 import FixedRBF, PartialConv2d, ScaledTanh, Subsampling
from cnnlab.count import conv2d_output_size

Layers = list[tuple[str, nn.Module]]


def silhouette_net(widths: Sequence[int] = (1024, 512), classes: int = 3) -> nn.Sequential:
    """Make the network of this course: 28×28×1 → 7×7×256 → 12544 → widths → classes.

    Parameters
    ----------
    widths : sequence of int
        Neurons of the hidden fully connected layers; empty for none.
    classes : int
        Outputs, one logit per class.

    Returns
    -------
    nn.Sequential
        Takes (N, 1, 28, 28), returns logits (N, classes). Layers: conv1, conv1_relu, conv1_pool, conv2,
        conv2_relu, conv2_pool, flatten, fc1, fc1_relu, … and last the logits, for example fc3.

    Examples
    --------
    >>> model = silhouette_net()
    >>> [tuple(layer.weight.shape) for layer in (model.fc1, model.fc2, model.fc3)]
    [(1024, 12544), (512, 1024), (3, 512)]
    >>> sum(p.numel() for p in model.parameters())
    13520771
    """
    return _named(_convolutions(1, (64, 256)), _fully_connected(7 * 7 * 256, widths, classes))


def small_cnn(
    kernels: Sequence[int] = (8, 16),
    fc: int = 64,
    classes: int = 3,
    dropout: float = 0.0,
    head: Literal["fc", "gap"] = "fc",
) -> nn.Sequential:
    """Make a network for 28×28 images that trains in seconds: convolutions, then one of two heads.

    Parameters
    ----------
    kernels : sequence of int
        Kernels (output channels) of each 3×3 convolution; ReLU and 2×2 max pooling follow each.
    fc : int
        Neurons of the hidden fully connected layer; 0 for none. The head "gap" has none.
    classes : int
        Outputs, one logit per class.
    dropout : float
        Share of the hidden layer's outputs (of the last maps' averages, in the head "gap") set to zero while
        training; 0.0 adds no layer.
    head : "fc" or "gap"
        Flatten and fully connected layers, or global average pooling and one linear layer.

    Returns
    -------
    nn.Sequential
        Takes (N, 1, 28, 28), returns logits (N, classes).

    Raises
    ------
    ValueError
        If `head` is neither, or so many convolutions are asked for that pooling leaves nothing.

    Examples
    --------
    >>> sum(p.numel() for p in small_cnn().parameters())
    51683
    >>> sum(p.numel() for p in small_cnn(head="gap").parameters())
    1299
    """
    side = 28 // 2 ** len(kernels)
    if not kernels or not side:
        raise ValueError(f"small_cnn: kernels holds {len(kernels)} numbers; 28 pixels allow 1 to 4")
    if head not in ("fc", "gap"):
        raise ValueError(f'small_cnn: head is {head!r}; choose "fc" or "gap"')
    layers = _convolutions(1, kernels)
    if head == "gap":
        return _named(layers, _averages(kernels[-1], classes, dropout))
    widths = (fc,) if fc else ()
    return _named(layers, _fully_connected(kernels[-1] * side * side, widths, classes, dropout))


def cifar_net(
    kernels: Sequence[int] = (32, 64),
    fc: int = 128,
    padding: Literal["same", "valid"] = "same",
    pools: int | None = None,
) -> nn.Sequential:
    """Make the usual first network for 32×32 colour images in ten classes, as tutorials on CIFAR-10 have it.

    Parameters
    ----------
    kernels : sequence of int
        Kernels (output channels) of each 3×3 convolution; ReLU follows each.
    fc : int
        Neurons of the hidden fully connected layer.
    padding : "same" or "valid"
        Padding 1, so that a convolution keeps height and width, or none.
    pools : int, optional
        So many of the first convolutions have a 2×2 max pooling after them; by default all.

    Returns
    -------
    nn.Sequential
        Takes (N, 3, 32, 32), returns logits (N, 10).

    Raises
    ------
    ValueError
        If `padding` is neither, or so many poolings are asked for that they leave nothing.

    Examples
    --------
    >>> def params(**choices):
    ...     return sum(p.numel() for p in cifar_net(**choices).parameters())
    >>> params(), params(padding="valid"), params(kernels=(64, 128), fc=256)
    (545098, 315722, 2175626)
    >>> params(kernels=(32, 64, 128), fc=256)  # a third convolution, and fewer parameters: the third pooling
    620362
    >>> params(kernels=(32, 64, 128), fc=256, pools=2)
    2193226
    """
    if padding not in ("same", "valid"):
        raise ValueError(f'cifar_net: padding is {padding!r}; choose "same" or "valid"')
    pools = len(kernels) if pools is None else pools
    size = 32
    for number in range(len(kernels)):
        size = conv2d_output_size(size, 3, padding=int(padding == "same"))
        size = conv2d_output_size(size, 2, stride=2) if number < pools else size
    layers = _convolutions(3, kernels, padding=int(padding == "same"), pools=pools)
    return _named(layers, _fully_connected(kernels[-1] * size * size, (fc,), classes=10))


def lenet5(form: Literal["modern", "1998"] = "modern") -> nn.Sequential:
    """Make LeNet-5, which reads digits: as it is written today, or as it was in 1998.

    Parameters
    ----------
    form : "modern" or "1998"
        Today's form has 61,706 parameters: ReLU, max pooling, a whole third layer and ten logits. The original
        has 60,000: pooling with a coefficient and a bias for each map, a third layer whose maps see three, four
        or all six of the maps before, a scaled tanh, and outputs that compare with drawings that are not
        learned.

    Returns
    -------
    nn.Sequential
        Takes (N, 1, 32, 32), digits of 28×28 with an edge of 2, and returns (N, 10): logits, or in the
        original the distances to ten drawings, of which the smallest wins. Layers: conv1, …, or as the paper
        names them c1, s2, c3, s4, c5, f6 and output.

    Raises
    ------
    ValueError
        If `form` is neither.

    Notes
    -----
    LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to document recognition",
    section II.B: C1 156, S2 12, C3 1,516, S4 32, C5 48,120 and F6 10,164 trainable parameters.

    Examples
    --------
    >>> sum(p.numel() for p in lenet5().parameters())
    61706
    >>> [sum(p.numel() for p in layer.parameters()) for layer in lenet5("1998") if [*layer.parameters()]]
    [156, 12, 1516, 32, 48120, 10164]
    """
    if form not in ("modern", "1998"):
        raise ValueError(f'lenet5: form is {form!r}; choose "modern" or "1998"')
    if form == "modern":
        layers = _convolutions(1, (6, 16), kernel_size=5, padding=0)
        return _named(layers, _fully_connected(5 * 5 * 16, (120, 84), classes=10))
    return _named(
        [("c1", nn.Conv2d(1, 6, 5)), ("c1_tanh", ScaledTanh())],  # (N, 6, 28, 28)
        [("s2", Subsampling(6)), ("s2_tanh", ScaledTanh())],  # (N, 6, 14, 14)
        [("c3", PartialConv2d()), ("c3_tanh", ScaledTanh())],  # (N, 16, 10, 10)
        [("s4", Subsampling(16)), ("s4_tanh", ScaledTanh())],  # (N, 16, 5, 5)
        [("c5", nn.Conv2d(16, 120, 5)), ("c5_tanh", ScaledTanh())],  # (N, 120, 1, 1)
        [("flatten", nn.Flatten()), ("f6", nn.Linear(120, 84)), ("f6_tanh", ScaledTanh())],  # (N, 84)
        [("output", FixedRBF())],  # (N, 10)
    )


def alexnet(form: Literal["torchvision", "paper", "ungrouped"] = "torchvision") -> nn.Sequential:
    """Make AlexNet, in one of the three forms whose totals are published.

    Parameters
    ----------
    form : "torchvision", "paper" or "ungrouped"
        torchvision's has 64, 192, 384, 256, 256 kernels and 61,100,840 parameters. The paper's has 96, 256,
        384, 384, 256, in three layers split in two groups, one for each of its two GPUs: 60,965,224. The same
        without groups: 62,378,344.

    Returns
    -------
    nn.Sequential
        Takes (N, 3, 224, 224), returns logits (N, 1000).

    Raises
    ------
    ValueError
        If `form` is none of them.

    Notes
    -----
    Krizhevsky, Sutskever and Hinton (2012), "ImageNet classification with deep convolutional neural networks",
    and torchvision's ``alexnet``, after Krizhevsky (2014), "One weird trick for parallelizing convolutional
    neural networks". The paper says 224 and has 55×55 outputs, which 11×11 kernels with stride 4 give with
    padding 2 (as here), or from 227 without padding; the parameters are the same. torchvision's adaptive
    pooling to 6×6, which does nothing at 224, is left out.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     forms = [alexnet(form) for form in ("torchvision", "paper", "ungrouped")]
    >>> [sum(p.numel() for p in model.parameters()) for model in forms]
    [61100840, 60965224, 62378344]
    """
    if form not in ("torchvision", "paper", "ungrouped"):
        raise ValueError(f'alexnet: form is {form!r}; choose "torchvision", "paper" or "ungrouped"')
    K1, K2, K4 = (64, 192, 256) if form == "torchvision" else (96, 256, 384)
    groups = 2 if form == "paper" else 1
    layers: Layers = []
    for number, conv in enumerate(
        (
            nn.Conv2d(3, K1, 11, stride=4, padding=2),  # (N, K1, 55, 55)
            nn.Conv2d(K1, K2, 5, padding=2, groups=groups),  # (N, K2, 27, 27)
            nn.Conv2d(K2, 384, 3, padding=1),  # (N, 384, 13, 13)
            nn.Conv2d(384, K4, 3, padding=1, groups=groups),  # (N, K4, 13, 13)
            nn.Conv2d(K4, 256, 3, padding=1, groups=groups),  # (N, 256, 13, 13)
        ),
        start=1,
    ):
        layers += [(f"conv{number}", conv), (f"conv{number}_relu", nn.ReLU())]
        if form != "torchvision" and number in (1, 2):
            layers += [(f"conv{number}_norm", nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0))]
        if number in (1, 2, 5):
            layers += [(f"conv{number}_pool", nn.MaxPool2d(3, stride=2))]
    return _named(layers, _fully_connected(6 * 6 * 256, (4096, 4096), classes=1000, dropout=0.5))


def vgg16() -> nn.Sequential:
    """Make VGG16, thirteen 3×3 convolutions in five blocks and three fully connected layers.

    Returns
    -------
    nn.Sequential
        Takes (N, 3, 224, 224), returns logits (N, 1000). Layers: conv1_1, conv1_1_relu, conv1_2, conv1_2_relu,
        pool1, …, flatten, fc1, …, fc3.

    Notes
    -----
    Simonyan and Zisserman (2015), "Very deep convolutional networks for large-scale image recognition",
    configuration D.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     model = vgg16()
    >>> sum(p.numel() for p in model.parameters())
    138357544
    """
    layers: Layers = []
    in_channels = 3
    for block, (out_channels, convs) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1):
        for number in range(1, convs + 1):
            name = f"conv{block}_{number}"
            layers += [
                (name, nn.Conv2d(in_channels, out_channels, 3, padding=1)),
                (f"{name}_relu", nn.ReLU()),
            ]
            in_channels = out_channels
        layers += [(f"pool{block}", nn.MaxPool2d(2))]
    return _named(layers, _fully_connected(7 * 7 * 512, (4096, 4096), classes=1000, dropout=0.5))


def with_gap(model: nn.Sequential) -> nn.Sequential:
    """Put global average pooling and one linear layer in the place of a network's fully connected layers.

    Parameters
    ----------
    model : nn.Sequential
        One of this module's: convolutions, a layer named flatten, fully connected layers.

    Returns
    -------
    nn.Sequential
        The layers before flatten, which both networks share from now on, then gap, flatten and fc1.

    Raises
    ------
    ValueError
        If the model has no layer named flatten between convolutions and linear layers.

    Notes
    -----
    Lin, Chen and Yan (2014), "Network in network", average the maps; the linear layer after it is as in
    ResNet and GoogLeNet.

    Examples
    --------
    >>> model = silhouette_net()
    >>> sum(p.numel() for p in with_gap(model).fc1.parameters())
    771
    """
    layers = list(model.named_children())
    names = [name for name, _ in layers]
    upto = names.index("flatten") if "flatten" in names else 0
    convs = [layer for _, layer in layers[:upto] if isinstance(layer, nn.Conv2d)]
    linears = [layer for _, layer in layers[upto:] if isinstance(layer, nn.Linear)]
    if not convs or not linears:
        raise ValueError(
            f"with_gap: expected convolutions, flatten and linear layers; got {', '.join(names)}"
        )
    return _named(layers[:upto], _averages(convs[-1].out_channels, linears[-1].out_features))


def _named(*parts: Layers) -> nn.Sequential:
    return nn.Sequential(OrderedDict([layer for part in parts for layer in part]))


def _convolutions(
    in_channels: int,
    kernels: Sequence[int],
    kernel_size: int = 3,
    padding: int = 1,
    pools: int | None = None,
) -> Layers:
    """Convolutions, each with ReLU, and 2×2 max pooling after all of them or the first `pools`."""
    layers: Layers = []
    for number, out_channels in enumerate(kernels, start=1):
        layers += [
            (f"conv{number}", nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding)),
            (f"conv{number}_relu", nn.ReLU()),
        ]
        if pools is None or number <= pools:
            layers += [(f"conv{number}_pool", nn.MaxPool2d(2))]
        in_channels = out_channels
    return layers


def _fully_connected(in_features: int, widths: Sequence[int], classes: int, dropout: float = 0.0) -> Layers:
    """Flatten, hidden layers with ReLU (and dropout), and the logits without."""
    layers: Layers = [("flatten", nn.Flatten())]
    for number, width in enumerate(widths, start=1):
        layers += [(f"fc{number}", nn.Linear(in_features, width)), (f"fc{number}_relu", nn.ReLU())]
        if dropout:
            layers += [(f"fc{number}_dropout", nn.Dropout(dropout))]
        in_features = width
    return [*layers, (f"fc{len(widths) + 1}", nn.Linear(in_features, classes))]


def _averages(channels: int, classes: int, dropout: float = 0.0) -> Layers:
    """Global average pooling and the logits."""
    layers: Layers = [("gap", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten())]
    if dropout:
        layers += [("dropout", nn.Dropout(dropout))]
    return [*layers, ("fc1", nn.Linear(channels, classes))]
