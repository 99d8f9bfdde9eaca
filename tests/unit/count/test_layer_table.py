"""layer_table: totals as published, as PyTorch computes them, and a model that nothing happens to."""

import contextlib
import subprocess
import sys

import pytest
import torch
import torchinfo
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.nn.modules import module as pytorchs
from torch.nn.utils import prune
from torch.utils.flop_counter import FlopCounterMode

from cnnlab import nets
from cnnlab.count import (
    conv2d_macs,
    conv2d_params,
    layer_table,
    linear_macs,
    linear_params,
    memory_bytes,
)


def on_meta(make, *args, **kwargs):
    with torch.device("meta"):
        return make(*args, **kwargs)


def numbers(row):
    return row.kind, row.output_shape, row.params, row.macs


# Published and known totals


@pytest.mark.parametrize(
    ("make", "image", "params", "macs", "head"),
    [
        (nets.alexnet, (3, 224, 224), 61_100_840, 714_188_480, 0.082),
        (nets.vgg16, (3, 224, 224), 138_357_544, 15_470_264_320, 0.008),
        (nets.silhouette_net, (1, 28, 28), 13_520_771, 42_723_840, 0.313),
    ],
)
def test_totals_and_the_heads_share_of_the_macs(make, image, params, macs, head):
    table = layer_table(on_meta(make), image)
    assert (table.params, table.macs) == (params, macs)
    assert sum(row.macs for row in table if row.kind == "Linear") / table.macs == pytest.approx(
        head, abs=5e-4
    )


def test_every_layer_of_the_silhouette_network_is_the_formulas():
    table = layer_table(nets.silhouette_net(), (1, 28, 28))
    conv1, conv2 = conv2d_params(1, 64, 3), conv2d_params(64, 256, 3)
    expected = {
        "conv1": ("Conv2d", (64, 28, 28), conv1, conv2d_macs(1, 64, 3, 28)),
        "conv1_relu": ("ReLU", (64, 28, 28), 0, 0),
        "conv1_pool": ("MaxPool2d", (64, 14, 14), 0, 0),
        "conv2": ("Conv2d", (256, 14, 14), conv2, conv2d_macs(64, 256, 3, 14)),
        "conv2_relu": ("ReLU", (256, 14, 14), 0, 0),
        "conv2_pool": ("MaxPool2d", (256, 7, 7), 0, 0),
        "flatten": ("Flatten", (12544,), 0, 0),
        "fc1": ("Linear", (1024,), linear_params(12544, 1024), linear_macs(12544, 1024)),
        "fc1_relu": ("ReLU", (1024,), 0, 0),
        "fc2": ("Linear", (512,), linear_params(1024, 512), linear_macs(1024, 512)),
        "fc2_relu": ("ReLU", (512,), 0, 0),
        "fc3": ("Linear", (3,), linear_params(512, 3), linear_macs(512, 3)),
    }
    assert {row.name: numbers(row) for row in table} == expected
    for row in table:
        written = 0 if row.name == "flatten" else memory_bytes(row.output_shape)
        assert row.activation_bytes == written
        assert row.note == ""
    assert len(table) == len(expected)
    assert table["fc1"].params == 12_846_080
    assert table.param_bytes == memory_bytes(13_520_771)


def test_lenet5_of_1998_has_the_connections_of_the_paper():
    # The paper's connections include one for the bias of each output: C1 122,304, C3 151,600, C5 48,120.
    table = layer_table(nets.lenet5("1998"), (1, 32, 32))
    biases = {"c1": 6 * 28 * 28, "c3": 16 * 10 * 10, "c5": 120}
    assert {name: table[name].macs + n for name, n in biases.items()} == {
        "c1": 122_304,
        "c3": 151_600,
        "c5": 48_120,
    }
    assert {row.name: row.params for row in table if row.params} == {
        "c1": 156, "s2": 12, "c3": 1_516, "s4": 32, "c5": 48_120, "f6": 10_164,
    }  # fmt: skip


def test_a_mobilenet_block_is_a_ninth():
    separable = nn.Sequential(
        nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False), nn.Conv2d(64, 128, 1, bias=False)
    )
    whole = nn.Conv2d(64, 128, 3, padding=1, bias=False)
    few, many = (layer_table(model, (64, 14, 14)).macs for model in (separable, whole))
    assert few / many == pytest.approx(1 / 128 + 1 / 9)


# Random networks against PyTorch's own run with real numbers, its own counter, and torchinfo


def norm(draw, channels):
    kinds = [nn.BatchNorm2d(channels), nn.GroupNorm(1, channels), nn.InstanceNorm2d(channels, affine=True)]
    return draw(st.sampled_from(kinds))


def conv(draw, channels):
    groups = draw(st.sampled_from([g for g in (1, 2, channels) if channels % g == 0]))
    return nn.Conv2d(
        channels,
        groups * draw(st.integers(1, 3)),
        draw(st.sampled_from([1, 2, 3, (2, 3)])),
        stride=draw(st.integers(1, 2)),
        padding=draw(st.integers(0, 2)),
        dilation=draw(st.integers(1, 2)),
        groups=groups,
        bias=draw(st.booleans()),
    )


def pool(draw, _channels):
    size, stride, padding = draw(st.integers(2, 3)), draw(st.integers(1, 3)), draw(st.integers(0, 1))
    ceil_mode = draw(st.booleans())
    kind = draw(st.sampled_from([nn.MaxPool2d, nn.AvgPool2d]))
    return kind(size, stride, padding, ceil_mode=ceil_mode)


def plain(draw, _channels):
    inplace = draw(st.booleans())
    return draw(st.sampled_from([nn.ReLU(inplace), nn.Tanh(), nn.Dropout(0.5), nn.Identity(), nn.GELU()]))


def transposed(draw, channels):
    return nn.ConvTranspose2d(channels, draw(st.integers(1, 4)), 3, stride=draw(st.integers(1, 2)))


@st.composite
def networks(draw, kinds):
    """Layers that follow each other, half of the time with a fully connected layer at the end."""
    channels = draw(st.integers(1, 4))
    image = (channels, draw(st.integers(3, 12)), draw(st.integers(3, 12)))
    layers, x = [], torch.zeros(1, *image)
    for make in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5)):
        layer = make(draw, x.shape[1]).eval()
        with contextlib.suppress(RuntimeError):  # what does not fit is left out
            x = layer(x)
            layers.append(layer)
    if draw(st.booleans()):
        width = draw(st.integers(1, 9))
        layers += [nn.AdaptiveAvgPool2d(draw(st.sampled_from([1, 2, (1, 3)]))), nn.Flatten()]
        layers += [nn.LazyLinear(width)]
    model = nn.Sequential(*layers).train(draw(st.booleans()))
    run(model, image)  # lazy layers get their shapes
    return model, image


def run(model, image):
    """Run a model with real numbers; what each layer returned, and the bytes it did not find there."""
    returned = []

    def hook(_layer, args, output):
        same = output.untyped_storage().data_ptr() == args[0].untyped_storage().data_ptr()
        returned.append((tuple(output.shape[1:]), 0 if same else output.nbytes))

    handles = [layer.register_forward_hook(hook) for layer in model]
    training = model.training
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, *image))
    model.train(training)
    for handle in handles:
        handle.remove()
    return returned, counter.get_total_flops()


@settings(deadline=None)
@given(networks([conv, pool, plain, norm, transposed]))
def test_a_table_is_what_pytorch_does_with_real_numbers(drawn):
    model, image = drawn
    table = layer_table(model, image)
    returned, flops = run(model, image)
    assert [(row.output_shape, row.activation_bytes) for row in table] == returned
    assert 2 * table.macs == flops
    assert [row.params for row in table] == [sum(p.numel() for p in layer.parameters()) for layer in model]
    assert [row.name for row in table] == [name for name, _ in model.named_children()]
    assert not any(row.note for row in table)


@settings(deadline=None)
@given(networks([conv, pool, plain]))
def test_torchinfo_counts_the_same_and_the_biases(drawn):
    model, image = drawn
    table = layer_table(model, image)
    found = torchinfo.summary(model, (1, *image), verbose=0)
    biases = sum(
        torch.Size(row.output_shape).numel()
        for row, layer in zip(table, model, strict=True)
        if getattr(layer, "bias", None) is not None
    )
    assert table.params == found.total_params
    assert table.macs + biases == found.total_mult_adds


@settings(deadline=None, max_examples=30)
@given(networks([conv, pool, plain, norm]), st.sampled_from([torch.float16, torch.bfloat16, torch.float64]))
def test_bytes_follow_the_dtype_of_the_parameters_and_nothing_else_does(drawn, dtype):
    model, image = drawn
    single = layer_table(model, image, dtype=torch.float32)
    other = layer_table(model.to(dtype), image, dtype=dtype)
    size = torch.empty((), dtype=dtype).element_size()
    assert [row[:5] for row in other] == [row[:5] for row in single]
    assert 4 * other.activation_bytes == size * single.activation_bytes
    assert 4 * other.param_bytes == size * single.param_bytes
    assert other.dtype == str(dtype).removeprefix("torch.")


# What is not a chain of layers


class Residual(nn.Module):
    def __init__(self, channels, inplace):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.relu = nn.ReLU()
        self.inplace = inplace

    def forward(self, x):
        y = self.conv(self.relu(self.conv(x)))
        if self.inplace:
            y += x
            return y
        return y + x


@pytest.mark.parametrize("inplace", [False, True])
def test_a_shortcut_and_a_layer_called_twice(inplace):
    table = layer_table(nn.Sequential(Residual(4, inplace)), (4, 6, 6))
    conv = conv2d_params(4, 4, 3), 2 * conv2d_macs(4, 4, 3, 6), 2 * memory_bytes((4, 6, 6))
    assert table["0.conv"][3:] == (*conv, "called 2 times")
    assert (table.params, table.macs) == conv[:2]
    sums = [row for row in table if row.kind == "add"]
    assert [row.name for row in sums] == ([] if inplace else ["0"])  # in place, the sum needs no room
    assert [row.activation_bytes for row in sums] == ([] if inplace else [memory_bytes((4, 6, 6))])


def test_two_layers_with_the_same_weights_count_them_once():
    model = nn.Sequential(nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 5))
    model[2].weight = model[0].weight
    table = layer_table(model, (5,))
    assert table.params == sum(p.numel() for p in model.parameters()) == 35
    assert [row.params for row in table] == [30, 0, 5]
    assert [row.macs for row in table] == [25, 0, 25]
    assert table["2"].note == "shares with 0"


class Functional(nn.Module):
    """No layer at all: parameters of its own and functions."""

    def __init__(self):
        super().__init__()
        self.kernels = nn.Parameter(torch.zeros(4, 3, 3, 3))
        self.matrix = nn.Parameter(torch.zeros(4, 6))
        self.scale = nn.Parameter(torch.ones(()))
        self.mean = torch.zeros(3, 1, 1)  # neither parameter nor buffer

    def forward(self, x):
        maps = functional.relu(functional.conv2d(x - self.mean, self.kernels, padding=1))  # (N, 4, H, W)
        mixed = torch.einsum("nchw,cd->nd", maps, self.matrix) * self.scale  # (N, 6)
        mixed = mixed @ torch.zeros(6, 2)
        return functional.linear(mixed, torch.zeros(5, 2)) @ torch.zeros(5)


@pytest.mark.parametrize("wrapped", [False, True])
def test_functions_count_as_layers_do(wrapped):
    model = nn.Sequential(Functional(), nn.Identity()) if wrapped else Functional()
    (row, *_) = table = layer_table(model, (3, 8, 8))
    assert table.params == 4 * 3 * 9 + 4 * 6 + 1 == row.params
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 8, 8))
    # PyTorch's counter has no formula for a matrix times a vector, the last product.
    assert table.macs == counter.get_total_flops() // 2 + 5 == row.macs
    assert row.note == ""


def test_what_a_module_does_beside_calling_layers_has_a_row_of_its_own():
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 3)
            self.bias = nn.Parameter(torch.zeros(3))

        def forward(self, x):
            return self.fc(functional.avg_pool2d(x, 2).flatten(1)) + self.bias

    table = layer_table(nn.Sequential(Head()), (1, 4, 4))
    assert numbers(table["0"]) == ("avg_pool2d, add", None, 3, 0)
    assert table["0"].activation_bytes == memory_bytes(4) + memory_bytes(3)
    assert numbers(table["0.fc"]) == ("Linear", (3,), 15, 12)


def test_a_product_without_a_formula_is_named():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.both = nn.Bilinear(3, 4, 5)

        def forward(self, x):
            return torch.cdist(self.both(x, torch.zeros(1, 4)), torch.zeros(7, 5))

    table = layer_table(Odd(), (3,))
    assert table["both"].note == "not counted: _trilinear"
    assert table["both"].params == 65
    assert table["(model)"].note == "not counted: _cdist_forward"


def test_layers_in_a_plain_list_are_counted_and_named_as_unregistered():
    class Forgetful(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(4, 4), nn.Linear(4, 2)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    for model in (Forgetful(), on_meta(Forgetful)):
        (row,) = table = layer_table(model, (4,))
        assert (table.params, table.macs) == (0, 16 + 8)
        assert row.note == "uses parameters that the model does not register"


def test_a_layer_that_is_not_called_keeps_its_parameters():
    class Half(nn.Module):
        def __init__(self):
            super().__init__()
            self.unused = nn.Linear(7, 7)
            self.used = nn.Linear(4, 2)

        def forward(self, x):
            return self.used(x)

    table = layer_table(Half(), (4,))
    assert [row.name for row in table] == ["used", "unused"]
    assert numbers(table["unused"]) == ("Linear", None, 56, 0)
    assert table["unused"].note == "not called"


def attention(features, heads, length):
    """Multiply-adds: four projections, and a weight for each pair of positions, computed and used."""
    return 4 * length * features**2 + 2 * length**2 * features


@pytest.mark.parametrize("need_weights", [True, False])
def test_attention_is_one_layer(need_weights):
    class Self(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x):
            return self.attention(x, x, x, need_weights=need_weights)[0]

    (row,) = table = layer_table(Self(), (6, 8))
    assert row.name == "attention"
    assert table.params == sum(p.numel() for p in Self().parameters())
    assert table.macs == attention(8, 2, 6)


def test_a_transformers_layer():
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    table = layer_table(layer, (6, 8))
    assert table.params == sum(p.numel() for p in layer.parameters())
    assert table.macs == attention(8, 2, 6) + 2 * 6 * 8 * 16


@pytest.mark.parametrize(
    ("layer", "shape", "macs"),
    [
        (nn.Conv1d(2, 4, 3, groups=2), (2, 7), 4 * 5 * 3),
        (nn.Conv3d(2, 3, 2), (2, 4, 4, 4), 3 * 27 * 16),
        (nn.ConvTranspose1d(2, 4, 3, stride=2), (2, 7), 2 * 7 * 4 * 3),
        (nn.LSTM(4, 5, batch_first=True), (3, 4), 3 * 4 * (4 * 5 + 5 * 5)),
        (nn.GRUCell(3, 4), (3,), 3 * (3 * 4 + 4 * 4)),
        (nn.Linear(5, 2), (7, 5), 7 * 10),  # a row of seven vectors
        (nn.LayerNorm(5), (5,), 0),
        (nn.LocalResponseNorm(3), (4, 2, 2), 0),
        (nn.Upsample(scale_factor=2), (1, 3, 3), 0),
        (nn.PReLU(), (4,), 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_layers(layer, shape, macs):
    (row,) = table = layer_table(layer, shape)
    assert (row.name, row.macs, row.note) == ("(model)", macs, "")
    assert table.params == sum(p.numel() for p in layer.parameters())


def test_an_embedding_takes_whole_numbers():
    table = layer_table(nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 2)), (6,), dtype=torch.long)
    assert numbers(table["0"]) == ("Embedding", (6, 4), 40, 0)
    assert (table["1"].macs, table.dtype) == (6 * 8, "int64")


def test_a_forward_in_inference_mode_is_seen_too():
    class Finished(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(2, 2)

        @torch.inference_mode()
        def forward(self, x):
            return self.fc(self.conv(x).mean((2, 3)))

    assert layer_table(Finished(), (1, 8, 8)).macs == conv2d_macs(1, 2, 3, 6) + 4


# The model stays as it is


class Busy(nn.Module):
    """Writes into everything it has."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.dropout = nn.Dropout2d(0.5)
        self.fc = nn.Linear(2, 3)
        self.register_buffer("seen", torch.zeros(2))
        self.plain = torch.zeros(2)

    def forward(self, x):
        x = self.dropout(self.norm(self.conv(x.to(self.fc.weight.device))))
        self.last = x.mean((0, 2, 3))  # (2)
        self.seen += self.last
        self.plain.add_(self.last)
        self.seen = 0.9 * self.seen + torch.rand(2)
        return self.fc(self.last[None])


def state(model):
    """Everything that a model holds: which objects, and what is in the tensors."""
    held = {
        name: {
            key: id(value)
            for key, value in [*vars(part).items(), *part._parameters.items(), *part._buffers.items()]
        }
        for name, part in model.named_modules()
    }
    tensors = {
        name: (value.tolist(), value.grad.tolist() if value.is_leaf and value.grad is not None else None)
        for name, value in [*model.state_dict(keep_vars=True).items(), ("plain", model.plain)]
    }
    return held, tensors


@pytest.mark.parametrize("image", [(1, 8, 8), (1, 2, 2), (2, 8, 8)], ids=["sound", "too small", "colour"])
def test_counting_leaves_no_trace(image):
    model = Busy()
    model(torch.rand(2, 1, 8, 8)).sum().backward()
    del model.last
    model.norm.eval()  # a frozen part in a model that trains
    model.fc.weight.requires_grad_(False)
    model.conv.register_forward_hook(lambda *_: None)
    before, randomness = state(model), torch.get_rng_state()
    with contextlib.nullcontext() if image == (1, 8, 8) else pytest.raises(ValueError, match="conv, Conv2d"):
        layer_table(model, image)
    assert state(model) == before
    assert not hasattr(model, "last")
    assert torch.equal(torch.get_rng_state(), randomness)
    assert not pytorchs._global_forward_hooks
    assert not pytorchs._global_forward_pre_hooks


def test_pruned_layers_keep_their_weights():
    model = nets.small_cnn()
    prune.l1_unstructured(model.conv2, "weight", 0.5)  # its hook writes `weight` at each call
    before = model.conv2.weight
    assert layer_table(model, (1, 28, 28)).params == 51_683
    assert model.conv2.weight is before


def test_a_number_of_the_model_may_be_asked_for():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("scale", torch.tensor(2.0))

        def forward(self, x):
            return x.repeat(1, int(self.scale.item()))

    (row,) = layer_table(Scaled(), (3,))
    assert row.output_shape == (6,)


def test_neither_weights_nor_activations_are_allocated():
    huge = nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10**11, device="meta"),
    )
    table = layer_table(huge, (3, 10**6, 10**6))
    assert table["0"].activation_bytes == 64 * 10**12 * 4
    assert table["3"].params == 65 * 10**11


def test_the_first_table_of_a_process_needs_no_compiler_and_no_algebra():
    # Either takes more than a second to load; PyTorch asks for them at the first operation without numbers.
    code = """
import sys, torch
from cnnlab.count import layer_table
from cnnlab.nets import alexnet, vgg16, with_gap
with torch.device("meta"):
    models = alexnet(), vgg16(), with_gap(vgg16())
for model in models:
    layer_table(model, (3, 224, 224))
print(sorted({"sympy", "torch._dynamo"} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_other_models_may_run_inside_and_are_not_counted():
    other = nn.Linear(3, 3)

    class Asks(nn.Module):
        def forward(self, x):
            return x + other(torch.zeros(1, 3)).shape[1]

    (row,) = layer_table(Asks(), (3,))
    assert row.params == 0


def test_a_failure_that_the_model_catches_is_no_failure():
    class Careful(nn.Module):
        def __init__(self):
            super().__init__()
            self.wrong, self.right = nn.Linear(9, 9), nn.Linear(4, 2)

        def forward(self, x):
            with contextlib.suppress(RuntimeError):
                self.wrong(x)
            x = x @ torch.zeros(4, 4)
            try:
                return self.wrong(x)
            except RuntimeError:
                return self.right(x)

    table = layer_table(nn.Sequential(Careful()), (4,))
    assert [(row.name, row.macs) for row in table] == [("0.wrong", 0), ("0", 16), ("0.right", 8)]
    assert table["0.wrong"].note == "not called"


def test_a_module_that_calls_itself():
    class Twice(nn.Module):
        def forward(self, x, again=True):
            return self(x, again=False) + 1 if again else x @ torch.zeros(3, 3)

    (row,) = layer_table(Twice(), (3,))
    assert (row.macs, row.note) == (9, "called 2 times")


def test_a_constant_is_no_activation():
    class Shifted(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Identity()

        def forward(self, x):
            return self.layer(x) + torch.ones(4)

    table = layer_table(Shifted(), (4,))
    assert table["(model)"].kind == "add"
    assert table.activation_bytes == memory_bytes(4)


# What cannot be counted


class Decides(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


def lazy():
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(3))


@pytest.mark.parametrize(
    ("model", "image", "error", "message"),
    [
        (nets.small_cnn(), (1, 32, 32), ValueError, r"fc1, Linear\(in_features=784.* got .*\(1, 1024\)"),
        (nets.small_cnn(), (3, 28, 28), ValueError, r"conv1, Conv2d\(1, 8, .* got .*\(1, 3, 28, 28\)"),
        (nets.small_cnn(), (64, 1, 28, 28), ValueError, r"takes 4 axes.* without the number of images"),
        (nets.small_cnn(head="gap"), (28, 28), ValueError, r"conv1, .* takes 4 axes.*\(28, 28\)"),
        (nets.small_cnn(), (1, 3, 3), ValueError, r"conv2_pool, MaxPool2d.*\(1, 16, 1, 1\) and failed"),
        (nn.Sequential(nn.MaxPool2d(2, padding=2)), (1, 8, 8), ValueError, r"0, MaxPool2d.* failed: pad"),
        (nn.Sequential(Decides()), (3,), ValueError, r"0, Decides\(\), .* asks for a value"),
        (nn.Sequential(nn.Embedding(9, 4)), (6,), ValueError, r"0, Embedding\(9, 4\), .*Long"),
        (nn.Bilinear(3, 3, 3), (3,), ValueError, r"\(model\), Bilinear.*missing 1 required"),
        (lazy(), (3, 8, 8), ValueError, r"0 \(LazyConv2d\) is lazy.* Run the model once"),
        (nets.small_cnn, (1, 28, 28), TypeError, "must be an nn.Module, got function"),
        (nets.small_cnn(), 784, TypeError, r"a tuple such as \(3, 32, 32\), got 784"),
        (nets.small_cnn(), (1, 28.0, 28), TypeError, "input_shape must be a whole number, got 28.0"),
        (nets.small_cnn(), (1, 0, 28), ValueError, "input_shape must be at least 1, got 0"),
    ],
)
def test_errors_name_the_layer_and_what_arrived(model, image, error, message):
    with pytest.raises(error, match=message):
        layer_table(model, image)


def test_a_compiled_model_is_refused():
    with pytest.warns(DeprecationWarning, match="jit"):
        compiled = torch.jit.trace(nn.Linear(3, 3), torch.zeros(1, 3))
    with pytest.raises(TypeError, match=r"compiled by torch\.jit"):
        layer_table(compiled, (3,))


def test_a_lazy_model_that_has_run_is_counted():
    model = lazy()
    model(torch.zeros(1, 3, 8, 8))
    assert layer_table(model, (3, 8, 8)).params == conv2d_params(3, 4, 3) + linear_params(4 * 36, 3)


def test_asking_for_a_layer_that_there_is_not():
    with pytest.raises(KeyError, match="no row 'fc9'; there are: conv1, conv1_relu"):
        layer_table(nets.small_cnn(), (1, 28, 28))["fc9"]
