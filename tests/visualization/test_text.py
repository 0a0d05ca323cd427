import io

from rich.console import Console

from backline.visualization.text import counts_table


def shown(table, *, width=80, encoding="utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(file=file, width=width, legacy_windows=False).print(table)
    file.flush()
    return file.buffer.getvalue().decode(encoding).splitlines()


def row(lines: list[str], outcome: str) -> str:
    (line,) = (line for line in lines if line.strip(" |").startswith(outcome))
    return line


def test_bars_are_in_proportion_to_the_largest() -> None:
    lines = shown(counts_table({"a": {"0": 3, "1": 1}}, width=12))
    assert row(lines, "0").count("█") == 12
    assert row(lines, "1").count("█") == 4
    assert "75.0%" in row(lines, "0")
    assert "25.0%" in row(lines, "1")


def test_the_ideal_comes_first_and_results_stand_side_by_side() -> None:
    lines = shown(counts_table({"gates": {"0": 1}, "pulses": {"1": 1}}, ideal={"0": 1}))
    header = row(lines, "outcome")
    assert header.index("ideal") < header.index("gates") < header.index("pulses")
    assert row(lines, "0").split()[0::1].count("100.0%") == 2


def test_the_rest_is_summed_without_a_bar() -> None:
    lines = shown(counts_table({"a": {"00": 2, "01": 4, "10": 4}}, top=1))
    others = row(lines, "2 others")
    assert "60.0%" in others
    assert "█" not in others


def test_a_terminal_without_utf_8_gets_ascii() -> None:
    lines = shown(counts_table({"a": {"0": 3, "1": 1}}, width=8), encoding="ascii")
    assert row(lines, "0").count("#") == 8


def test_a_narrow_terminal_keeps_outcomes_and_numbers() -> None:
    counts = {"000": 3, "111": 1}
    lines = shown(counts_table({"a": counts, "b": counts}, ideal=counts), width=40)
    assert max(map(len, lines)) <= 40
    assert row(lines, "111").count("25.0%") == 3
