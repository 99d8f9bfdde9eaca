"""ResNet-18: blocks that add what they compute to what they are given."""

from __future__ import annotations

from torch import Tensor, nn

from cnnlab.nets._parts import Layers, named


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions and a shortcut around them: ReLU(convolutions(x) + x).

    Parameters
    ----------
    in_channels, out_channels : int
    stride : int
        Of the first convolution. Where the stride or the channels change the shape, the shortcut is a 1×1
        convolution with that stride, else it has no parameters.

    Notes
    -----
    He and others (2016), "Deep residual learning for image recognition", figure 5 (left) and option B.

    Examples
    --------
    >>> block = ResidualBlock(64, 64)
    >>> sum(p.numel() for p in block.parameters())  # 2 · (9·64·64 + 2·64)
    73984
    >>> import torch
    >>> ResidualBlock(64, 128, stride=2)(torch.zeros(1, 64, 56, 56)).shape
    torch.Size([1, 128, 28, 28])
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Take (N, C, H, W), return (N, K, Ho, Wo)."""
        result: Tensor = self.relu(self.convolutions(x) + self.shortcut(x))
        return result


def resnet18(classes: int = 1000) -> nn.Sequential:
    """Make ResNet-18: one 7×7 convolution, eight residual blocks, global average pooling, one linear layer.

    Parameters
    ----------
    classes : int
        Outputs, one logit per class.

    Returns
    -------
    nn.Sequential
        Takes (N, 3, H, W), usually 224×224, returns logits (N, classes).

    Notes
    -----
    He and others (2016), table 1; torchvision's total is the same.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     model = resnet18()
    >>> sum(p.numel() for p in model.parameters())
    11689512
    """
    layers: Layers = [
        ("conv1", nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)),
        ("conv1_norm", nn.BatchNorm2d(64)),
        ("conv1_relu", nn.ReLU()),
        ("conv1_pool", nn.MaxPool2d(3, stride=2, padding=1)),
    ]
    in_channels = 64
    for stage, out_channels in enumerate((64, 128, 256, 512), start=2):
        for block in (1, 2):
            stride = 2 if block == 1 and stage > 2 else 1
            layers += [(f"conv{stage}_{block}", ResidualBlock(in_channels, out_channels, stride))]
            in_channels = out_channels
    head: Layers = [
        ("gap", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()),
        ("fc1", nn.Linear(512, classes)),
    ]
    return named(layers, head)
