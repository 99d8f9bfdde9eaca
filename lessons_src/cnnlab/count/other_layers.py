"""What the other layers cost: fully connected, pooling, batch normalisation.

Letters: n, m features before and after a fully connected layer; C channels, F×F window, Ho×Wo output. One MAC
is one multiply-add; by the usual convention it is two FLOPs.
"""

from __future__ import annotations

from cnnlab._pairs import IntOrPair, as_int, as_pair


def linear_params(in_features: int, out_features: int, bias: bool = True) -> int:
    """Parameters of a fully connected layer: n·m weights and m biases.

    Parameters
    ----------
    in_features, out_features : int
        n and m.
    bias : bool
        Whether each output has a bias.

    Returns
    -------
    int
        Parameters.

    Raises
    ------
    ValueError
        If a number is below 1.

    Notes
    -----
    The weight of ``torch.nn.Linear`` has shape (m, n), its bias (m,).

    Examples
    --------
    >>> linear_params(12544, 1024)  # 7·7·256 = 12544 features to 1024 neurons
    12846080
    """
    return linear_macs(in_features, out_features) + (int(out_features) if bias else 0)


def linear_macs(in_features: int, out_features: int) -> int:
    """Multiply-adds of a fully connected layer for ONE image: n·m, one for each weight.

    Parameters
    ----------
    in_features, out_features : int
        n and m.

    Returns
    -------
    int
        MACs for one image (FLOPs = 2 × MACs); adding the bias is not counted.

    Raises
    ------
    ValueError
        If a number is below 1.

    Notes
    -----
    Each output is a sum of n products, and there are m outputs.

    Examples
    --------
    >>> linear_macs(12544, 1024)
    12845056
    """
    return as_int("in_features", in_features, 1) * as_int("out_features", out_features, 1)


def pool2d_operations(channels: int, kernel_size: IntOrPair, output_size: IntOrPair) -> int:
    """Comparisons of a max pooling, or additions of an average pooling, for ONE image: C·Ho·Wo·(F·F − 1).

    Parameters
    ----------
    channels : int
        C; pooling keeps it.
    kernel_size : int or (int, int)
        F.
    output_size : int or (int, int)
        Ho and Wo, as `conv2d_output_size` returns them; one number stands for both.

    Returns
    -------
    int
        Operations on two numbers. They are no multiply-adds, so that a table of MACs has 0 for pooling; and
        there is nothing to learn, so that its parameters are 0 whatever F is.

    Raises
    ------
    ValueError
        If a number is below 1.

    Notes
    -----
    The largest of n numbers, and their sum, take n − 1 steps. Average pooling takes one division more for
    each output. Windows are counted whole, also where they reach into the padding.

    Examples
    --------
    >>> pool2d_operations(64, kernel_size=2, output_size=14)
    37632
    """
    Fh, Fw = as_pair("kernel_size", kernel_size, 1)
    Ho, Wo = as_pair("output_size", output_size, 1)
    return as_int("channels", channels, 1) * Ho * Wo * (Fh * Fw - 1)


def batch_norm_params(num_features: int) -> int:
    """Parameters of a batch normalisation: 2·C, a scale and a shift for each channel.

    Parameters
    ----------
    num_features : int
        C.

    Returns
    -------
    int
        Trainable parameters.

    Raises
    ------
    ValueError
        If the number is below 1.

    Notes
    -----
    Ioffe and Szegedy (2015), "Batch normalization", algorithm 2: γ and β for each feature map. In
    ``torch.nn.BatchNorm2d`` they are ``weight`` and ``bias``.

    Examples
    --------
    >>> batch_norm_params(64)
    128
    """
    return 2 * as_int("num_features", num_features, 1)


def batch_norm_buffers(num_features: int) -> int:
    """Count the running averages of a batch normalisation: 2·C, a mean and a variance for each channel.

    Parameters
    ----------
    num_features : int
        C.

    Returns
    -------
    int
        Numbers that are stored with the model and no parameters: they are measured, no gradient reaches them.

    Raises
    ------
    ValueError
        If the number is below 1.

    Notes
    -----
    ``running_mean`` and ``running_var`` of ``torch.nn.BatchNorm2d``, which keeps one number beside them: how
    many batches it has seen.

    Examples
    --------
    >>> batch_norm_buffers(64)
    128
    """
    return 2 * as_int("num_features", num_features, 1)
