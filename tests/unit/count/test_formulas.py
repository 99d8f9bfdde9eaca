"""The formulas of cnnlab.count, held against PyTorch and against published numbers."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlab.count import conv2d_macs, conv2d_output_size, conv2d_params, linear_macs, linear_params


def parameters(module):
    return sum(p.numel() for p in module.parameters())


one_or_pair = {
    low: st.one_of(st.integers(low, high), st.tuples(st.integers(low, high), st.integers(low, high)))
    for low, high in [(0, 4), (1, 4)]
}


@given(
    size=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    kernel_size=one_or_pair[1],
    stride=one_or_pair[1],
    padding=one_or_pair[0],
    dilation=one_or_pair[1],
)
def test_output_size_is_pytorchs(size, kernel_size, stride, padding, dilation):
    conv = torch.nn.Conv2d(1, 1, kernel_size, stride, padding, dilation, device="meta")
    x = torch.empty(1, 1, *size, device="meta")
    try:
        expected = tuple(conv(x).shape[2:])
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit"):
            conv2d_output_size(size, kernel_size, stride, padding, dilation)
    else:
        assert conv2d_output_size(size, kernel_size, stride, padding, dilation) == expected


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(0, 3), st.integers(1, 3))
def test_one_number_is_a_square(size, kernel_size, stride, padding, dilation):
    assume(dilation * (kernel_size - 1) < size + 2 * padding)
    side = conv2d_output_size(size, kernel_size, stride, padding, dilation)
    assert isinstance(side, int)
    assert conv2d_output_size((size, size), kernel_size, stride, padding, dilation) == (side, side)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((224, 11, 4, 2), 55),  # AlexNet's first layer in torchvision: 54.25 + 1
        ((227, 11, 4), 55),  # the same layer as CS231n counts it
        ((55, 3, 2), 27),  # AlexNet's first pooling
        ((27, 2, 2), 13),  # the stride need not divide
        ((224, 3, 1, 1), 224),  # every convolution of VGG
        ((32, 5), 28),  # LeNet-5's C1
        ((7, 3, 1, 2, 2), 7),  # dilated, "same"
    ],
)
def test_known_output_sizes(arguments, expected):
    assert conv2d_output_size(*arguments) == expected


@given(
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 4),
    one_or_pair[1],
    st.booleans(),
)
def test_conv2d_params_are_pytorchs(groups, in_per_group, out_per_group, kernel_size, bias):
    C, K = groups * in_per_group, groups * out_per_group
    conv = torch.nn.Conv2d(C, K, kernel_size, groups=groups, bias=bias)
    assert conv2d_params(C, K, kernel_size, bias, groups=groups) == parameters(conv)


@given(st.integers(1, 50), st.integers(1, 50), st.booleans())
def test_linear_params_are_pytorchs(in_features, out_features, bias):
    linear = torch.nn.Linear(in_features, out_features, bias)
    assert linear_params(in_features, out_features, bias) == parameters(linear)


@given(
    groups=st.integers(1, 2),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    kernel_size=st.integers(1, 3),
    size=st.integers(3, 8),
)
def test_conv2d_macs_are_what_pytorchs_own_counter_says(groups, channels, kernel_size, size):
    from torch.utils.flop_counter import FlopCounterMode

    C, K = (groups * c for c in channels)
    conv = torch.nn.Conv2d(C, K, kernel_size, groups=groups)
    with FlopCounterMode(display=False) as counter:
        conv(torch.zeros(1, C, size, size))
    output_size = conv2d_output_size(size, kernel_size)
    assert 2 * conv2d_macs(C, K, kernel_size, output_size, groups=groups) == counter.get_total_flops()


def test_published_alexnet_and_silhouette_layers():
    assert conv2d_params(3, 64, 11) == 23_296
    assert conv2d_macs(3, 64, 11, 55) == 70_276_800
    assert conv2d_params(3, 96, 11) == 34_944  # the paper's first layer, both GPUs: 96·(11·11·3 + 1)
    assert linear_params(12544, 1024) == 12544 * 1024 + 1024 == 12_846_080
    assert linear_params(1024, 512) == 524_800
    assert linear_params(512, 3) == 1_539
    assert linear_params(9216, 4096) == 37_752_832  # AlexNet's largest layer
    assert linear_macs(12544, 1024) == 12_845_056


def test_published_totals_of_vgg16_and_alexnet():
    def convolutions(widths, kernel_sizes):
        return [conv2d_params(*c, f) for *c, f in zip(widths, widths[1:], kernel_sizes, strict=False)]

    vgg = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    head = [linear_params(25088, 4096), linear_params(4096, 4096), linear_params(4096, 1000)]
    assert sum(convolutions(vgg, [3] * 13) + head) == 138_357_544
    alexnet = convolutions([3, 64, 192, 384, 256, 256], [11, 5, 3, 3, 3])
    head = [linear_params(9216, 4096), linear_params(4096, 4096), linear_params(4096, 1000)]
    assert sum(alexnet + head) == 61_100_840


def test_lenet5s_c1_as_published():
    assert conv2d_params(1, 6, 5) == 156
    assert conv2d_params(1, 6, 5) * 28 * 28 == 122_304  # the paper's "connections", biases included
    assert conv2d_macs(1, 6, 5, 28) == 117_600  # without them


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv2d_output_size(3, 5), ValueError, r"spans 5 .*does not fit into 3 .*padding"),
        (lambda: conv2d_output_size(5, 3, dilation=3), ValueError, r"spans 7 \(kernel_size 3, dilation 3\)"),
        (lambda: conv2d_output_size((9, 2), 3), ValueError, "size 2"),
        (lambda: conv2d_output_size(9, 3, stride=0), ValueError, "stride must be at least 1, got 0"),
        (lambda: conv2d_output_size(9, 3, padding=-1), ValueError, "padding must be at least 0, got -1"),
        (lambda: conv2d_output_size(9, 0), ValueError, "kernel_size must be at least 1"),
        (lambda: conv2d_output_size(9, 3, dilation=0), ValueError, "dilation must be at least 1"),
        (lambda: conv2d_output_size(9, (3, 5)), ValueError, r"give size as \(height, width\)"),
        (lambda: conv2d_output_size(9, (3, 3, 3)), ValueError, r"a pair \(height, width\), got \(3, 3, 3\)"),
        (lambda: conv2d_output_size(9.0, 3), TypeError, "size must be a whole number, got 9.0"),
        (lambda: conv2d_params(0, 4, 3), ValueError, "in_channels must be at least 1"),
        (lambda: conv2d_params(4, 0, 3), ValueError, "out_channels must be at least 1"),
        (lambda: conv2d_params(4, 6, 3, groups=4), ValueError, "groups 4 must divide .* 4 and .* 6"),
        (lambda: conv2d_macs(3, 4, 3, output_size=0), ValueError, "output_size must be at least 1"),
        (lambda: linear_params(3.5, 4), TypeError, "in_features must be a whole number"),
        (lambda: linear_macs(3, -4), ValueError, "out_features must be at least 1"),
    ],
)
def test_errors_name_the_argument_and_its_range(call, error, message):
    with pytest.raises(error, match=message):
        call()
