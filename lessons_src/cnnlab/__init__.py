"""The package behind the course From Convolution to Compression.

A lesson imports the module that it needs: `data` for images, `layers` for the layers in NumPy, `count` for
sizes and costs, `nets` for networks, `train` for the training loop, `plots` and `widgets` for what is to be
seen and moved, `exercises` for the check behind an exercise. Importing the package itself loads none of them.
"""
