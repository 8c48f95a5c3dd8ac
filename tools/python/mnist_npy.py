"""The MNIST test set as .npy files, from its two gzipped idx files.

python tools/python/mnist_npy.py $ZKP_VECTORS/mnist test.npy test_labels.npy
"""

import gzip
import pathlib
import sys

import numpy as np


def read_idx(path: pathlib.Path) -> np.ndarray:
    """One idx file of unsigned bytes: 0, 0, type 8, rank, then each dimension and the data, big-endian."""
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path.name}: not an idx file of unsigned bytes")
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_test_set(folder: pathlib.Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (10000, 1, 28, 28) uint8 and labels (10000,) int64."""
    images = read_idx(folder / "t10k-images-idx3-ubyte.gz")
    labels = read_idx(folder / "t10k-labels-idx1-ubyte.gz")
    return images[:, None].copy(), labels.astype(np.int64)


if __name__ == "__main__":
    test_images, test_labels = read_test_set(pathlib.Path(sys.argv[1]))
    np.save(sys.argv[2], test_images)
    np.save(sys.argv[3], test_labels)
