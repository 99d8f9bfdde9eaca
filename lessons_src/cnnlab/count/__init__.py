"""What a network costs: output sizes, parameters, multiply-adds and memory, of one layer or of a whole model.

The formulas need nothing but whole numbers: `conv2d_output_size`, `conv2d_params`, `conv2d_macs`,
`linear_params`, `linear_macs`, `pool2d_operations`, `batch_norm_params`, `batch_norm_buffers`,
`memory_bytes`. `layer_table` counts any PyTorch model, layer by layer.
"""

from cnnlab.count.convolution import conv2d_macs, conv2d_output_size, conv2d_params
from cnnlab.count.memory import memory_bytes
from cnnlab.count.other_layers import (
    batch_norm_buffers,
    batch_norm_params,
    linear_macs,
    linear_params,
    pool2d_operations,
)
from cnnlab.count.table import LayerRow, LayerTable, layer_table

__all__ = [
    "LayerRow",
    "LayerTable",
    "batch_norm_buffers",
    "batch_norm_params",
    "conv2d_macs",
    "conv2d_output_size",
    "conv2d_params",
    "layer_table",
    "linear_macs",
    "linear_params",
    "memory_bytes",
    "pool2d_operations",
]
