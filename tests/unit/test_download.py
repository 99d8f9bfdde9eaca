"""Downloads against a server on the loopback address that misbehaves in each way that real ones do."""

import gzip
import hashlib
import io
import pickle
import re
import struct
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from cnnlab import download, remote
from cnnlab.data import cifar10, fashion_mnist
from cnnlab.download import DownloadError, RemoteFile, cache_folder, fetch
from cnnlab.formats import read_idx

# Bytes that do not repeat, so that a piece in the wrong place cannot go unnoticed.
CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """Answers GET by `behave(handler, path)`; remembers what was asked for."""

    def __init__(self):
        self.files = {"/good/file.bin": CONTENT}
        self.asked = []
        self.breaks = 0  # how many answers still to break off half-way
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append((self.path, self.headers.get("Range")))
                server.answer(self)

            def log_message(self, format, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def url(self, path):
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def answer(self, handler):
        kind = handler.path.split("/")[1]
        if kind == "moved":
            handler.send_response(302)
            handler.send_header("Location", self.url(handler.path.replace("/moved", "", 1)))
            handler.end_headers()
        elif kind == "busy":
            handler.send_error(503)
        elif kind == "login":
            self.send(handler, b"<html>Please sign in</html>", "text/html")
        elif kind == "tampered":
            self.send(handler, self.files["/good/file.bin"][:-1] + b"!")
        elif kind == "short":
            self.send(handler, self.files["/good/file.bin"][:-1000])
        elif kind == "endless":
            self.send(handler, CONTENT + CONTENT, length=False)
        elif handler.path not in self.files and f"/good/{Path(handler.path).name}" not in self.files:
            handler.send_error(404)
        else:
            content = self.files.get(handler.path, self.files.get(f"/good/{Path(handler.path).name}"))
            self.send(handler, content, ranges=kind != "norange", start_at=7 if kind == "shifted" else None)

    def send(
        self, handler, content, kind="application/octet-stream", *, ranges=False, length=True, start_at=None
    ):
        asked = handler.headers.get("Range")
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and ranges else 0
        body = content[start:]
        handler.send_response(206 if start else 200)
        if start:
            said = start if start_at is None else start_at
            handler.send_header("Content-Range", f"bytes {said}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Type", kind)
        if length:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if self.breaks:
            self.breaks -= 1
            body = body[: len(body) // 2]
        try:
            handler.wfile.write(body)
        except ConnectionError:  # the client hung up, as it should when too much arrives
            handler.close_connection = True


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "_PAUSE", 0.0)
    running = Server()
    yield running
    running.close()


def remote_file(*urls):
    return RemoteFile("file.bin", SHA256, len(CONTENT), urls)


def closed_port_url():
    """Give an address at which nobody listens."""
    idle = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    idle.server_close()
    return f"http://127.0.0.1:{idle.server_port}/file.bin"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_good_download_arrives_whole_and_is_asked_for_once(server, tmp_path, capsys):
    folder = tmp_path / "new" / "folder"
    file = remote_file(server.url("/good/file.bin"))
    assert fetch(file, folder).read_bytes() == CONTENT
    assert fetch(file, folder) == folder / "file.bin"
    assert server.asked == [("/good/file.bin", None)]
    assert names(folder) == ["file.bin"]
    assert "file.bin: 100%" in capsys.readouterr().err


def test_a_redirect_is_followed(server, tmp_path):
    assert fetch(remote_file(server.url("/moved/good/file.bin")), tmp_path).read_bytes() == CONTENT


def test_a_broken_connection_goes_on_where_it_broke(server, tmp_path):
    server.breaks = 2
    assert fetch(remote_file(server.url("/good/file.bin")), tmp_path).read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == [None, "bytes=150000-", "bytes=225000-"]
    assert names(tmp_path) == ["file.bin"]


def test_an_interrupted_download_is_resumed_by_the_next_call(server, tmp_path, monkeypatch):
    append = download._append

    def interrupted(reply, file, part, have):
        reply.read = _then_interrupt(CONTENT[:100_000])
        append(reply, file, part, have)

    file = remote_file(server.url("/good/file.bin"))
    with monkeypatch.context() as patch:
        patch.setattr(download, "_append", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(file, tmp_path)
    assert names(tmp_path) == ["file.bin.part"]
    assert (tmp_path / "file.bin.part").read_bytes() == CONTENT[:100_000]
    assert fetch(file, tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == ("/good/file.bin", "bytes=100000-")
    assert names(tmp_path) == ["file.bin"]


def _then_interrupt(first):
    """Stand in for a reply's read: one piece, then the reader presses Ctrl-C."""
    pieces = [first]

    def read(_size):
        if not pieces:
            raise KeyboardInterrupt
        return pieces.pop()

    return read


def test_a_server_without_ranges_starts_again(server, tmp_path):
    server.breaks = 1
    assert fetch(remote_file(server.url("/norange/file.bin")), tmp_path).read_bytes() == CONTENT
    assert server.asked[1] == ("/norange/file.bin", "bytes=150000-")


def test_a_connection_that_always_breaks_says_how_far_it_came_and_keeps_it(server, tmp_path):
    server.breaks = 99
    with pytest.raises(DownloadError) as error:
        fetch(remote_file(server.url("/good/file.bin")), tmp_path)
    assert "broke off 4 times, the last time at 281,250 of 300,000 bytes" in str(error.value)
    assert "The 281,250 bytes that arrived are kept and the next call goes on from there" in str(error.value)
    assert (tmp_path / "file.bin.part").read_bytes() == CONTENT[:281_250]
    assert not (tmp_path / "file.bin").exists()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/tampered/file.bin", "sent 300,000 bytes with another SHA-256"),
        ("/short/file.bin", "offers 299,000 bytes (application/octet-stream) where 300,000 were expected"),
        ("/endless/file.bin", "sent more than the 300,000 bytes that were expected"),
        ("/login/file.bin", "offers 27 bytes (text/html) where 300,000 were expected"),
        ("/moved/login/file.bin", "offers 27 bytes (text/html) where 300,000 were expected"),
        ("/moved/tampered/file.bin", "sent 300,000 bytes with another SHA-256"),
        ("/busy/file.bin", "answered 503 Service Unavailable"),
        ("/nothing/here.bin", "answered 404 Not Found"),
        ("/moved" * 20 + "/good/file.bin", "answered 302"),
    ],
)
def test_a_wrong_answer_is_named_and_leaves_no_file(server, tmp_path, path, said):
    with pytest.raises(DownloadError) as error:
        fetch(remote_file(server.url(path)), tmp_path)
    message = str(error.value)
    assert said in message
    assert server.url(path) in message
    assert f"expected: 300,000 bytes, SHA-256 {SHA256}" in message
    assert f"put the file into {tmp_path} by hand" in message
    assert not (tmp_path / "file.bin").exists()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == 0


@pytest.mark.parametrize("first", ["tampered", "short", "endless", "busy", "login", "nobody"])
def test_the_second_mirror_mends_what_the_first_one_spoils(server, tmp_path, first):
    bad = closed_port_url() if first == "nobody" else server.url(f"/{first}/file.bin")
    assert fetch(remote_file(bad, server.url("/good/file.bin")), tmp_path).read_bytes() == CONTENT
    assert names(tmp_path) == ["file.bin"]


def test_the_second_mirror_goes_on_where_the_first_one_broke_for_good(server, tmp_path):
    server.breaks = 4
    file = remote_file(server.url("/good/file.bin"), server.url("/other/file.bin"))
    assert fetch(file, tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == ("/other/file.bin", "bytes=281250-")


def test_every_mirror_is_in_the_message_when_all_fail(server, tmp_path):
    urls = closed_port_url(), server.url("/busy/file.bin"), "ftp://127.0.0.1/file.bin"
    with pytest.raises(DownloadError) as error:
        fetch(remote_file(*urls), tmp_path)
    message = str(error.value)
    assert all(url in message for url in urls)
    assert "could not be reached" in message
    assert "answered 503" in message
    assert "is no http address" in message


@pytest.mark.parametrize("kept", [b"?" * 1000, b"?" * len(CONTENT), b"?" * (len(CONTENT) + 1)])
def test_a_wrong_piece_from_earlier_is_thrown_away(server, tmp_path, kept):
    (tmp_path / "file.bin.part").write_bytes(kept)
    assert fetch(remote_file(server.url("/good/file.bin")), tmp_path).read_bytes() == CONTENT
    assert names(tmp_path) == ["file.bin"]


def test_a_complete_piece_from_earlier_needs_no_server(tmp_path):
    (tmp_path / "file.bin.part").write_bytes(CONTENT)
    assert fetch(remote_file(closed_port_url()), tmp_path).read_bytes() == CONTENT


def test_a_range_that_was_not_asked_for_is_refused_and_what_was_there_stays(server, tmp_path):
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])
    with pytest.raises(DownloadError, match="was asked for bytes from 1,000 and sent others"):
        fetch(remote_file(server.url("/shifted/file.bin")), tmp_path)
    assert (tmp_path / "file.bin.part").read_bytes() == CONTENT[:1000]


def test_another_file_of_that_name_is_left_alone(server, tmp_path):
    (tmp_path / "file.bin").write_bytes(b"the reader's own")
    with pytest.raises(
        ValueError, match=rf"(?s)expected: 300,000 bytes.*{SHA256}.*found:    16 bytes.*Nothing was"
    ):
        fetch(remote_file(server.url("/good/file.bin")), tmp_path)
    assert (tmp_path / "file.bin").read_bytes() == b"the reader's own"
    assert server.asked == []


def test_a_folder_that_cannot_be_made_points_to_the_variable(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match="CNNLAB_DATA chooses another folder"):
        fetch(remote_file(server.url("/good/file.bin")), tmp_path / "file" / "folder")


def test_the_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("CNNLAB_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache" / "cnnlab"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path.home() / ".cache" / "cnnlab"
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


# CIFAR-10: a small archive of the real one's format, pickles as Python 2 wrote them.


def python2_pickle(data, labels):
    """Pickle a batch as the real archive does: protocol 2, byte strings, 0 and 1 for False and True."""

    def text(value):
        return b"U" + bytes([len(value)]) + value

    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85" + text(b"b") + b"tR"
        b"(K\x01"
        + b"M"
        + struct.pack("<H", data.shape[0])
        + b"M"
        + struct.pack("<H", data.shape[1])
        + b"\x86"
        b"cnumpy\ndtype\n" + text(b"u1") + b"K\x00K\x01\x87R(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tb\x89T" + struct.pack("<i", data.size) + data.tobytes() + b"tb"
    )
    listed = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    items = text(b"batch_label") + text(b"a batch") + text(b"labels") + listed + text(b"data") + array
    return b"\x80\x02}(" + items + b"u."


def tar_gz(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def small_batches():
    rng = np.random.default_rng(0)
    order = ["data_batch_4", "test_batch", "data_batch_3", "data_batch_5", "data_batch_1", "data_batch_2"]
    pixels = {name: rng.integers(0, 256, (20, 3072), dtype=np.uint8) for name in order}
    batches = {name: python2_pickle(pixels[name], [i % 10 for i in range(20)]) for name in order}
    return pixels, {"batches.meta": b"not read", "readme.html": b"<html>", **batches}


@pytest.fixture
def small_cifar10(server, monkeypatch, tmp_path):
    """Put a small archive on the server and point the loader, and its cache, there."""

    def publish(members):
        archive = tar_gz(members)
        server.files[f"/good/{remote.CIFAR10_FILE.name}"] = archive
        file = RemoteFile(
            remote.CIFAR10_FILE.name,
            hashlib.sha256(archive).hexdigest(),
            len(archive),
            (
                server.url(f"/busy/{remote.CIFAR10_FILE.name}"),
                server.url(f"/good/{remote.CIFAR10_FILE.name}"),
            ),
        )
        monkeypatch.setattr(remote, "CIFAR10_FILE", file)
        monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "cache"))

    return publish


def test_cifar10_is_downloaded_read_and_kept(server, small_cifar10, tmp_path):
    pixels, members = small_batches()
    small_cifar10(members)
    server.breaks = 1
    data = cifar10()
    assert data.train_images.shape == (100, 3, 32, 32)
    assert data.test_images.shape == (20, 3, 32, 32)
    assert data.train_images.dtype == np.float32
    assert data.class_names[3] == "cat"
    assert np.bincount(data.train_labels).tolist() == [10] * 10
    first_cat = pixels["test_batch"][3].reshape(3, 32, 32).astype(np.float32) / np.float32(255)
    assert np.array_equal(data.test_images[data.test_labels == 3][0], first_cat)
    asked = len(server.asked)
    kept = cifar10(tmp_path / "cache", classes=("cat", "ship"), train_size=8, label_noise=0.25, seed=1)
    assert kept.train_images.shape == (8, 3, 32, 32)
    assert (kept.train_labels != kept.train_labels_true).sum() == 2
    assert len(server.asked) == asked
    assert names(tmp_path / "cache") == ["cifar-10-python.tar.gz"]


def test_training_batches_come_in_their_numbers_order(small_cifar10):
    pixels, members = small_batches()
    small_cifar10(members)
    source = remote.cifar10()
    expected = np.concatenate([pixels[f"data_batch_{number}"] for number in range(1, 6)])
    assert np.array_equal(source.train_images.reshape(100, 3072), expected)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda members: members.pop("data_batch_2"), "lacks data_batch_2"),
        (
            lambda members: members.update(test_batch=pickle.dumps({b"data": 1})),
            "holds no uint8 array of shape",
        ),
        (lambda members: members.update(test_batch=pickle.dumps([print])), "only NumPy arrays are admitted"),
        (lambda members: members.update(test_batch=b"junk"), "cannot be read as the CIFAR-10 archive"),
    ],
    ids=["missing", "no array", "harmful", "no pickle"],
)
def test_an_archive_with_other_content_is_refused(small_cifar10, change, said):
    _, members = small_batches()
    change(members)
    small_cifar10(members)
    with pytest.raises(ValueError, match=said):
        cifar10()


def test_an_archive_that_is_not_the_published_one_is_refused_unread(small_cifar10, tmp_path):
    small_cifar10(small_batches()[1])
    (tmp_path / remote.CIFAR10_FILE.name).write_bytes(b"another archive")
    with pytest.raises(ValueError, match=r"(?s)is not the cifar-10-python\.tar\.gz.*found:    15 bytes"):
        cifar10(tmp_path)


# Fashion-MNIST: four small IDX files of the real ones' format.


def idx(array):
    lengths = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


@pytest.fixture
def small_fashion_mnist(server, monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    arrays = {
        "train_images": rng.integers(0, 256, (30, 28, 28), dtype=np.uint8),
        "train_labels": np.arange(30, dtype=np.uint8) % 10,
        "test_images": rng.integers(0, 256, (20, 28, 28), dtype=np.uint8),
        "test_labels": np.arange(20, dtype=np.uint8) % 10,
    }
    published, contents = {}, {}
    for part, array in arrays.items():
        name, content = remote.FASHION_FILES[part].name, idx(array)
        zipped = gzip.compress(content, mtime=0)
        server.files[f"/good/{name}"] = zipped
        urls = (server.url(f"/good/{name}"),)
        published[part] = RemoteFile(name, hashlib.sha256(zipped).hexdigest(), len(zipped), urls)
        contents[part] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(remote, "FASHION_FILES", published)
    monkeypatch.setattr(remote, "FASHION_CONTENT", contents)
    monkeypatch.setattr(remote, "DEBIAN_FOLDER", tmp_path / "debian")
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "cache"))
    return arrays


def zipped_again(folder, arrays):
    """Fill a folder as another packager would: the same content, other gzip bytes."""
    folder.mkdir()
    for part, array in arrays.items():
        (folder / remote.FASHION_FILES[part].name).write_bytes(gzip.compress(idx(array), 1, mtime=1))
    return folder


def test_all_of_fashion_mnist_is_downloaded_once(server, small_fashion_mnist, tmp_path):
    data = fashion_mnist(full=True)
    assert data.train_images.shape == (30, 1, 28, 28)
    assert np.array_equal(data.test_images[0, 0] * np.float32(255), small_fashion_mnist["test_images"][0])
    assert len(server.asked) == 4
    assert np.array_equal(fashion_mnist(full=True).train_images, data.train_images)
    assert len(server.asked) == 4
    assert len(names(tmp_path / "cache" / "fashion-mnist")) == 4


def test_debians_folder_or_a_named_one_needs_no_download(server, small_fashion_mnist, tmp_path):
    zipped_again(tmp_path / "debian", small_fashion_mnist)
    zipped_again(tmp_path / "mine", small_fashion_mnist)
    assert len(fashion_mnist(full=True).train_images) == 30
    assert len(fashion_mnist(full=True, root=tmp_path / "mine", classes=("Bag",)).train_images) == 3
    assert server.asked == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            gzip.compress(b"something else"),
            r"(?s)does not hold what was published.*expected: unzipped SHA-256",
        ),
        (b"not zipped", "cannot be unzipped"),
        (gzip.compress(bytes(10_000))[:30], "cannot be unzipped"),
    ],
    ids=["another", "not zipped", "truncated"],
)
def test_a_damaged_file_in_a_folder_is_named(small_fashion_mnist, tmp_path, content, said):
    folder = zipped_again(tmp_path / "mine", small_fashion_mnist)
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match=said) as error:
        fashion_mnist(full=True, root=folder)
    assert "t10k-images-idx3-ubyte.gz" in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it begins with , not 00 00 08"),
        (b"\x00\x00\x0d\x01", "it begins with 00 00 0d 01, not 00 00 08"),
        (
            bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2]),
            "says it holds 3 values, 11 bytes with its header; it has 10 bytes",
        ),
        (bytes([0, 0, 8, 2, 0, 0, 0, 1]), "it has 8 bytes"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 1, 5, 6]), "holds 1 values, 9 bytes with its header; it has 10 bytes"),
    ],
)
def test_an_idx_file_that_is_none_is_refused(content, said):
    with pytest.raises(ValueError, match=said):
        read_idx(content)


def test_published_sums_fit_debians_files():
    """Give each of Debian's files the gzip header that the publisher's has: its SHA-256 has to come out."""
    if not remote.DEBIAN_FOLDER.is_dir():
        pytest.skip("needs Debian's package dataset-fashion-mnist")
    seconds = {
        "train_images": 1504176606,
        "train_labels": 1504176606,
        "test_images": 1504176627,
        "test_labels": 1504176627,
    }
    md5 = {  # from the publisher's README
        "train_images": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train_labels": "25c81989df183df01b3e8a0aad5dffbe",
        "test_images": "bef4ecab320f06d8554ea6380940ec79",
        "test_labels": "bb300cfdad3c16e7a12a480ee83cd310",
    }
    for part, file in remote.FASHION_FILES.items():
        debian = (remote.DEBIAN_FOLDER / file.name).read_bytes()
        name = file.name.removesuffix(".gz").encode() + b"\0"
        header = b"\x1f\x8b\x08\x08" + struct.pack("<I", seconds[part]) + debian[8:10] + name
        whole = header + debian[10:]
        assert hashlib.md5(whole, usedforsecurity=False).hexdigest() == md5[part]
        assert hashlib.sha256(whole).hexdigest() == file.sha256
        assert len(whole) == file.size
