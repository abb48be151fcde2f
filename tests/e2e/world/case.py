# SPDX-License-Identifier: MIT
"""A case is a function with a sentence; the runner finds them all in the folder cases."""
import importlib
import pkgutil
import time
import traceback

from .process import Failed

_CASES = []


def case(sentence):
    """Marks a function of one argument, the world, as a case."""
    def register(function):
        _CASES.append((f"{function.__module__.split('.')[-1]}.{function.__name__}", sentence, function))
        return function
    return register


def load(package):
    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return list(_CASES)


def run(world, name, sentence, function):
    """Runs one case and prints its line. Returns whether it passed."""
    started = time.monotonic()
    reports = {daemon: daemon.sanitizer_report() for daemon in world.daemons()}
    problem = ""
    try:
        function(world)
    except Failed as failure:
        problem = str(failure)
    except Exception:   # whatever a case throws fails that case only
        problem = "".join(traceback.format_exc(limit=3, chain=False))
    finally:
        world.release()
    ended = not world.daemon.running()
    if ended:
        problem += "\nthe daemon that Postfix asks has ended; its log: " + world.daemon.end_of_log()
    for daemon in world.daemons():
        report = daemon.sanitizer_report()
        if report != reports.get(daemon, ""):
            problem += "\n" + report
    if ended:
        world.daemon.start()
    seconds = time.monotonic() - started
    print(f"{'FAIL' if problem else 'ok  '} {name}: {sentence} ({seconds:.1f} s)", flush=True)
    if problem:
        print("     " + problem.strip().replace("\n", "\n     "), flush=True)
    return not problem
