"""Files and folders appear whole or not at all, nothing is lost; only regular files are read."""

import os
from pathlib import Path

import pytest

from glassnet.errors import ModelFileError, OutputError
from glassnet.files import check_free, check_regular_file, free_folder, whole_file, whole_folder


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    file.write_text("text")
    link.symlink_to(file)
    os.mkfifo(pipe)
    check_regular_file(file)
    check_regular_file(str(link))
    for path, message in [
        (pipe, "is a pipe, a socket or a device"),
        (Path("/dev/zero"), "is a pipe, a socket or a device"),
        (tmp_path, "is a folder, not a file"),
        (tmp_path / "none", "no such file"),
        (file / "below", "cannot be read"),
        (Path("a\0b"), "cannot be read"),
    ]:
        with pytest.raises(ModelFileError, match=f"{path}: {message}"):
            check_regular_file(path, ModelFileError)


def test_a_file_takes_its_place_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as part:
            part.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    with whole_file(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o600 == 0o600


def test_a_folder_appears_only_when_whole(tmp_path: Path) -> None:
    def fail() -> None:
        with whole_folder(tmp_path / "run") as part:
            (part / "half").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not list(tmp_path.iterdir())
    with whole_folder(tmp_path / "deep" / "run") as part:
        (part / "a").write_text("all")
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run"]
    with (
        pytest.raises(OutputError, match="already exists"),
        whole_folder(tmp_path / "deep" / "run"),
    ):
        pass


def test_free_names(tmp_path: Path) -> None:
    assert free_folder(tmp_path / "run").name == "run"
    (tmp_path / "run").mkdir()
    check_free(tmp_path / "run")  # an empty folder can be filled
    assert free_folder(tmp_path / "run").name == "run-2"
    (tmp_path / "run-2").mkdir()
    assert free_folder(tmp_path / "run").name == "run-3"
    (tmp_path / "run" / "kept").write_text("")
    with pytest.raises(OutputError, match="nothing is overwritten"):
        check_free(tmp_path / "run")
