"""Networks of the literature, as they were published, and what becomes of one without its head."""

from __future__ import annotations

from typing import Literal

from torch import nn

from cnnlab.nets._lenet5 import FixedRBF, PartialConv2d, ScaledTanh, Subsampling
from cnnlab.nets._parts import Layers, averages, convolutions, fully_connected, named


def lenet5(form: Literal["modern", "1998"] = "modern") -> nn.Sequential:
    """Make LeNet-5, which reads digits: as it is written today, or as it was in 1998.

    Parameters
    ----------
    form : "modern" or "1998"
        Today's form has 61,706 parameters: ReLU, max pooling, a second convolution over all maps, ten
        logits. The original has 60,000: pooling with a coefficient and a bias for each map, a second
        convolution whose maps see three, four or all six of the maps before, a scaled tanh, and outputs that
        compare with drawings, which are not learned.

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
        layers = convolutions(1, (6, 16), kernel_size=5, padding=0)
        return named(layers, fully_connected(5 * 5 * 16, (120, 84), classes=10))
    return named(
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
    Krizhevsky, Sutskever and Hinton (2012), "ImageNet classification with deep convolutional neural
    networks"; torchvision's ``alexnet`` follows Krizhevsky (2014), "One weird trick for parallelizing
    convolutional neural networks". The paper says 224 and has 55×55 outputs, which 11×11 kernels with stride
    4 give with padding 2 (as here), or from 227 without padding; the parameters are the same. torchvision's
    adaptive pooling to 6×6, which does nothing at 224, is left out, and dropout comes after the hidden
    layers, as in the paper, not before.

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
    return named(layers, fully_connected(6 * 6 * 256, (4096, 4096), classes=1000, dropout=0.5))


def vgg16() -> nn.Sequential:
    """Make VGG16, thirteen 3×3 convolutions in five blocks and three fully connected layers.

    Returns
    -------
    nn.Sequential
        Takes (N, 3, 224, 224), returns logits (N, 1000). Layers: conv1_1, conv1_1_relu, conv1_2,
        conv1_2_relu, pool1, …, flatten, fc1, …, fc3.

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
    return named(layers, fully_connected(7 * 7 * 512, (4096, 4096), classes=1000, dropout=0.5))


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
        If the model has no layer named flatten after convolutions, or does not end in a linear layer.

    Notes
    -----
    Lin, Chen and Yan (2014), "Network in network", average the maps; the linear layer after it is as in
    ResNet and GoogLeNet.

    Examples
    --------
    >>> def params(model):
    ...     return sum(p.numel() for p in model.parameters())
    >>> model = lenet5()
    >>> params(model), params(with_gap(model))  # 59,134 of them in the head, or 170
    (61706, 2742)
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
    return named(layers[:upto], averages(convs[-1].out_channels, linears[-1].out_features))
