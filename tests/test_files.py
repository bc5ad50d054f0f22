"""Files and folders appear whole or not at all, nothing is lost; only regular files are read."""

import errno
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from glassnet.errors import ModelFileError, OutputError, visible
from glassnet.files import (
    check_file,
    check_free,
    check_regular_file,
    log_written,
    whole_file,
    whole_folder,
)


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
        with pytest.raises(ModelFileError, match=re.escape(visible(f"{path}: {message}"))):
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


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_meanwhile_is_kept(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    if not links:  # as on FAT
        monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "a.txt"
    with whole_file(path, overwrite=False) as part:
        part.write_text("first")
    assert path.read_text() == "first"
    with pytest.raises(OutputError, match="nothing is overwritten"):
        check_file(path, overwrite=False)
    path.unlink()

    def write_late() -> None:
        with whole_file(path, overwrite=False) as part:
            part.write_text("late")
            path.write_text("theirs")

    with pytest.raises(OutputError, match="nothing is overwritten"):
        write_late()
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_two_may_write_to_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with whole_file(path) as one, whole_file(path) as other:
        one.write_text("one")
        other.write_text("other")
    assert path.read_text() == "one"  # the last to end
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_appears_only_when_whole(tmp_path: Path) -> None:
    def fail() -> None:
        with whole_folder(tmp_path / "deep" / "run") as new:
            (new.part / "half").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not list(tmp_path.iterdir())
    with whole_folder(tmp_path / "deep" / "run") as new:
        (new.part / "a").write_text("all")
        assert not new.path.exists()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run"]
    with (
        pytest.raises(OutputError, match="already exists"),
        whole_folder(tmp_path / "deep" / "run"),
    ):
        pass


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_is_reserved_until_it_is_whole(tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "run"
    if exists:  # an empty folder can be filled
        path.mkdir()
    with whole_folder(path) as new:
        with (
            pytest.raises(OutputError, match="is being written by another run"),
            whole_folder(path),
        ):
            pass
        (new.part / "a").write_text("mine")
    assert [(p.name, p.read_text()) for p in path.iterdir()] == [("a", "mine")]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_was_filled_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "run"

    def write_late() -> None:
        with whole_folder(path) as new:
            (new.part / "a").write_text("late")
            path.mkdir()
            (path / "b").write_text("theirs")

    with pytest.raises(OutputError, match="already exists"):
        write_late()
    assert [p.name for p in path.iterdir()] == ["b"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_numbered_names(tmp_path: Path) -> None:
    names = []
    with (
        whole_folder(tmp_path / "run", numbered=True) as first,
        whole_folder(tmp_path / "run", numbered=True) as second,
    ):
        names = [first.path.name, second.path.name]
    assert names == ["run", "run-2"]
    (tmp_path / "run-3").write_text("a file")
    with whole_folder(tmp_path / "run", numbered=True) as new:
        pass
    assert new.path.name == "run-4"


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from glassnet.files import whole_file, whole_folder\n"
        "with whole_folder('run') as new, whole_folder('in') as other, whole_file('a.txt'):\n"
        "    (new.part / 'half').write_text('half')\n"
        "    (other.part / 'half').write_text('half')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    (tmp_path / "in").mkdir()
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    left = {".run.unfinished", ".a.txt.1.unfinished", "in"}
    assert {p.name for p in tmp_path.iterdir()} == left
    check_free(tmp_path / "in")
    with (
        whole_folder(tmp_path / "run") as new,
        whole_file(tmp_path / "a.txt"),
        whole_folder(tmp_path / "in") as other,
    ):
        (new.part / "b").write_text("")
        (other.part / "b").write_text("")
    files = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert files == {"run/b", "in/b", "a.txt"}
    assert {p.name for p in tmp_path.iterdir()} == {"run", "in", "a.txt"}


def test_only_files_of_known_names_are_overwritten_in_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.mkdir()
    for name in ("a", "b"):
        (path / name).write_text("old")
    with whole_folder(path, overwrite=("a", "b", "c")) as new:
        (new.part / "a").write_text("new")
    assert [(p.name, p.read_text()) for p in path.iterdir()] == [("a", "new")]
    with (
        pytest.raises(OutputError, match="because it holds a, which no run has written"),
        whole_folder(path, overwrite=("b",)),
    ):
        pass
    assert (path / "a").read_text() == "new"


def test_permissions_are_those_of_new_files_and_the_umask_is_never_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0o027)
    try:
        monkeypatch.setattr(os, "umask", None)
        with whole_file(tmp_path / "a.txt"):
            pass
        with whole_folder(tmp_path / "run"):
            pass
    finally:
        monkeypatch.undo()
        assert os.umask(before) == 0o027
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o750


def test_a_write_that_fails_names_the_file_as_it_would_be_called(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with (
        pytest.raises(OutputError, match=r"a\.txt: cannot be written \(No space") as caught,
        whole_file(tmp_path / "a.txt"),
    ):
        raise full
    assert caught.value.file == tmp_path / "a.txt"
    with (
        pytest.raises(OutputError, match=r"/run/a\.txt: cannot be written \(No space"),
        whole_folder(tmp_path / "run") as new,
        whole_file(new.part / "a.txt"),
    ):
        raise full
    with (
        pytest.raises(OutputError, match=r"/run/none/a\.txt: cannot be written \(No such"),
        whole_folder(tmp_path / "run") as new,
    ):
        (new.part / "none" / "a.txt").write_text("")
    with pytest.raises(FileNotFoundError, match="elsewhere"), whole_folder(tmp_path / "run"):
        (tmp_path / "elsewhere").read_text()  # not what was to be written
    assert not list(tmp_path.iterdir())


def test_what_was_written_is_logged(tmp_path: Path) -> None:
    log = log_written()
    with whole_folder(tmp_path / "run") as new:
        with whole_file(new.part / "a.txt"):
            pass
        assert log == []
    with whole_file(tmp_path / "b.txt"):
        pass
    with pytest.raises(RuntimeError), whole_file(tmp_path / "c.txt"):
        raise RuntimeError
    assert log == [tmp_path / "run", tmp_path / "b.txt"]


def test_many_threads_write_to_one_name_and_nothing_is_lost(tmp_path: Path) -> None:
    def write(number: int) -> None:
        with whole_folder(tmp_path / "run", numbered=True) as new:
            for file in range(5):
                (new.part / str(file)).write_text(str(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    contents = [{file.read_text() for file in folder.iterdir()} for folder in tmp_path.iterdir()]
    assert sorted(int(*content) for content in contents) == list(range(16))
