"""The layers of a convolutional network in NumPy, forward and backward, with PyTorch's names.

Images are NCHW: (N images, C channels, H rows, W columns). Every layer computes in the precision of its
input, float32 or float64, and each `*_backward` takes the gradient of the layer's output first, then what
the layer was called with.
"""

from cnnlab.layers.activations import (
    cross_entropy,
    cross_entropy_backward,
    relu,
    relu_backward,
    softmax,
)
from cnnlab.layers.convolution import conv2d, conv2d_backward, conv2d_loops
from cnnlab.layers.dense import flatten, linear, linear_backward
from cnnlab.layers.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "cross_entropy",
    "cross_entropy_backward",
    "flatten",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "relu_backward",
    "softmax",
]
