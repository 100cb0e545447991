"""What the benchmarks share: commands with their time and peak memory, measured in turn, and how it is printed.

Medians of the runs, with the spread (least to most), and ratios of medians. What is compared is measured in turn, so
that a busy machine is busy for both; what the processors took tells more there than the clock. The page cache is warm.
"""
import argparse, os, platform, re, statistics, subprocess, sys
from pathlib import Path

top = Path(__file__).resolve().parent.parent
pith = top / "build/release/pith"


def sh(command, **more):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True, text=True, capture_output=True, **more).stdout


# A process's peak includes what its parent held when it was made, so a small one makes it, and measures it. It is not
# forked: copying the tables of pages of a whole interpreter takes a millisecond, which would be measured too.
measuring = """
import os, sys, time
words = sys.argv[1].split()
if words[0] == "exec" and not set(sys.argv[1]) & set("'\\"$\\\\|&;<>(){}*?"):
    words = words[1:]  # without a shell's own milliseconds
else:
    words = ["bash", "-euo", "pipefail", "-c", sys.argv[1]]
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
begin = time.monotonic()
process = os.posix_spawnp(words[0], words, os.environ, file_actions=silent)
_, status, usage = os.wait4(process, 0)
print(time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
"""


class Sample:
    """Seconds, those of the processors, and peak memory (MB, pages of mapped files counted) of a command; its output is
    thrown away."""

    def __init__(self, command, statuses=(0,)):
        measured = subprocess.run([sys.executable, "-ISc", measuring, command], check=True, text=True, capture_output=True)
        seconds, processors, megabytes, status = measured.stdout.split()
        if int(status) not in statuses:
            sys.exit(f"failed: {command}\n{measured.stderr}")
        self.seconds, self.processors, self.megabytes = float(seconds), float(processors), float(megabytes)


class Measured:
    def __init__(self, samples):
        seconds = [each.seconds for each in samples]
        self.seconds = statistics.median(seconds)
        self.processors = statistics.median(each.processors for each in samples)
        self.megabytes = max(each.megabytes for each in samples)
        self.text = f"{self.seconds * 1000:.0f} ms ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f}), processors {self.processors * 1000:.0f} ms, {self.megabytes:.0f} MB"


def in_turn(runs, *pairs, statuses=(0,)):
    """Each pair: (what to do before, what to time). Gives what each took."""
    samples = [[] for _ in pairs]
    for _ in range(runs):
        for i, (before, command) in enumerate(pairs):
            if before:
                sh(before)
            samples[i].append(Sample(command, statuses))
    return [Measured(each) for each in samples]


def row(what, text):
    print(f"  {what:<58} {text}", flush=True)


def goal(met, text):
    return f"{'reached' if met else 'MISSED'}: {text}"


def peer(name):
    """A program that scripts/peers.sh gets, and its version there."""
    version = re.search(f"^{name}=(.*)", (top / "scripts/peers.sh").read_text(), re.M)[1]
    return top / "build/peers/bin" / name, f"{name} {version}"


def main(about, work, cases, versions, make):
    """Runs the cases that the command line names, or all: methods of make(work folder, runs)."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="*", choices=cases + [[]], default=[])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=top / "build" / work)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.runs} runs, page cache warm")
    print("; ".join([sh(f"{pith} --version").strip()] + versions))
    bench = make(options.work.resolve(), options.runs)
    for case in options.case or cases:
        print(case)
        getattr(bench, case.replace("-", "_"))()
    print(f"load at the end {os.getloadavg()[0]:.1f}")
