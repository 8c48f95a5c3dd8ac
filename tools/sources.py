"""Which files the repository holds and which of them changed, as git sees them."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def git(*arguments):
    """Standard output of a git command, or None when it fails (no repository, no such revision)."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def all_files():
    """Tracked files and new ones that git does not ignore, relative to the root, sorted."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard")
    if listed is None:
        raise SystemExit("not a git checkout: the tools find the sources with `git ls-files`")
    return sorted(name for name in set(listed.splitlines()) if (ROOT / name).is_file())


def changed_files():
    """Files that differ from $ZKP_BASE, else from origin/main, else (when that is HEAD itself) from HEAD's parent;
    all files when there is nothing to compare with."""
    head = git("rev-parse", "HEAD")
    for base in [os.environ.get("ZKP_BASE"), "origin/main", "HEAD~1"]:
        fork = git("merge-base", base, "HEAD") if base else None
        if fork and fork != head:
            differ = set(git("diff", "--name-only", fork.strip()).splitlines())
            differ |= set(git("ls-files", "--others", "--exclude-standard").splitlines())
            return [name for name in all_files() if name in differ]
    return all_files()


def commit():
    """Short name of the commit, marked when the work tree differs from it (the ledger itself left out)."""
    head = git("rev-parse", "--short=12", "HEAD")
    if head is None:
        return "none"
    dirty = git("status", "--porcelain", "--", ".", ":!tests/long/ledger.tsv", ":!bench/results")
    return head.strip() + ("-dirty" if dirty else "")
