"""What a teacher may want to look at in an answer, as neutral facts."""

import ast
import re
import warnings

_FACTS = (
    (r"coursekit\.checks\b|coursegrade\b|coursebook\.\w+\.exercises\b", "reads the course's solutions"),
    (r"(\w+\.)?solution$", "asks for the course's solution"),
    (
        r"gc\.get_(objects|referrers)|inspect\.(stack|currentframe)|sys\._(getframe|current_frames)",
        "looks at other code's objects",
    ),
    (
        r"f_(back|globals|locals)$|.*\.f_(back|globals|locals)$|.*__subclasses__$|.*__globals__$",
        "looks at other code's objects",
    ),
    (
        r"sys\.(settrace|setprofile|addaudithook|meta_path|modules)|importlib\.\w+|__import__$",
        "changes or steers imports",
    ),
    (r"ctypes\b|cffi\b|mmap\b", "reaches into memory"),
    (
        r"os\.(_exit|abort|kill|killpg|fork|forkpty|exec\w+|spawn\w+|posix_spawn\w*|system|popen)|signal\.",
        "steers processes",
    ),
    (r"subprocess\b|multiprocessing\b|pty\b|_posixsubprocess\b", "starts processes"),
    (r"threading\b|_thread\b|concurrent\.futures\b", "starts threads"),
    (r"socket\b|urllib\b|requests\b|http\.client\b|ftplib\b|asyncio\.open_connection", "uses the network"),
    (r"(open|os\.(open|remove|unlink|rmdir|listdir|walk|scandir))$|shutil\.|pathlib\.|glob\.", "uses files"),
    (r"(eval|exec|compile)$|pickle\.|marshal\.|dill\.|cloudpickle\.", "runs code made from text or bytes"),
    (r"builtins\b", "reaches into Python's built-in names"),
)
_COMPILED = tuple((re.compile(pattern), fact) for pattern, fact in _FACTS)
_IN_TEXT = re.compile(
    r"coursekit\.checks[.\w]*|coursegrade[.\w]*|coursebook\.\w+\.exercises|/proc/|__subclasses__|os\._exit"
)


def facts(source: str) -> tuple[str, ...]:
    """Facts such as "uses files: open in line 3". Most have honest uses; what was not found may still be there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return ()
    found: dict[tuple[str, str], int] = {}
    for node in ast.walk(tree):
        for mention in _mentions(node):
            fact = next((fact for pattern, fact in _COMPILED if pattern.match(mention)), None)
            if fact:
                found.setdefault((fact, mention), getattr(node, "lineno", 1))
    ordered = sorted(found.items(), key=lambda item: (item[1], item[0]))
    whole = [(f, m, line) for (f, m), line in ordered if not any(o.startswith(m + ".") for _, o in found)]
    return tuple(f"{fact}: {mention} in line {line}" for fact, mention, line in whole)


def _mentions(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Attribute):
        return [dotted] if (dotted := _dotted(node)) else []
    if isinstance(node, ast.Name):
        return [node.id] if node.id in ("eval", "exec", "compile", "open", "__import__") else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [text.group() for text in _IN_TEXT.finditer(node.value[:10_000])][:3]
    return []


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 10:
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))
