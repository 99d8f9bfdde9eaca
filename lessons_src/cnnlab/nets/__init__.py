"""The PyTorch networks that the lessons train and count.

Each is an `nn.Sequential` whose layers have names, so that `model.fc1.weight` is the weight of the first
fully connected layer and `model[:7]` is the network up to its seventh layer. All return logits: softmax
belongs to the loss. Made inside ``with torch.device("meta")`` a network has shapes and no memory, which is
all that counting needs.
"""

from cnnlab.nets.ours import cifar_net, silhouette_net, small_cnn
from cnnlab.nets.published import alexnet, lenet5, vgg16, with_gap
from cnnlab.nets.residual import ResidualBlock, resnet18

__all__ = [
    "ResidualBlock",
    "alexnet",
    "cifar_net",
    "lenet5",
    "resnet18",
    "silhouette_net",
    "small_cnn",
    "vgg16",
    "with_gap",
]
