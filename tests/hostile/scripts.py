"""Scripts that try to get out, to disturb others, or to take all there is."""


def absent(*names: str) -> str:
    """Whether none of the names is known."""
    return " && ".join(f"typeof {name} === 'undefined'" for name in names)


def refused(attempt: str) -> str:
    """Whether the attempt throws or comes to nothing."""
    return f"(function() {{ try {{ return !({attempt}) }} catch (error) {{ return true }} }})()"


# Each comes to true when what it tried was in vain.
ESCAPES = {
    "process by the constructor": refused("this.constructor.constructor('return process')()"),
    "process by a function": refused("Function('return process')()"),
    "modules of the engine": absent("std", "os", "bjson", "module", "require"),
    "network": absent("fetch", "XMLHttpRequest", "WebSocket"),
    "files and output": absent("print", "console", "readline", "scriptArgs", "load", "loadScript", "evalScript"),
    "threads and timers": absent("Worker", "setTimeout", "setInterval"),
    "the host's objects": absent("GlideRecord", "GlideSystem", "Packages", "java", "process", "Deno"),
    "the judge": absent("judge"),
    "blocking": refused("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"),
    "the caller": refused("arguments.callee.caller.caller"),
    "a promise that never ends": "(Promise.resolve().then(() => { while (1); }), true)",
    "python through the row": "stagingTableGr.__class__ === undefined && stagingTableGr.__globals__ === undefined",
}

# Each comes to an error, and to nothing else.
FAULTY = {
    "an import": "import('os')",
    "a record query": "new GlideRecord('sys_user')",
    "endless recursion": "(function f() { return f() + 1 })()",
    "recursion through getters": "(function() { var o = { get a() { return o.a } }; return o.a })()",
    "a verdict that throws": "({ get validationPassed() { throw new Error('no') } })",
    "a proxy as verdict": "new Proxy({}, { get() { throw 1 } })",
    "nothing": "undefined",
    "a number": "42",
    "a function": "(function() {})",
    "a thrown text": "(function() { throw 'x'.repeat(100000) })()",
    "a thrown nothing": "(function() { throw null })()",
    "an array too long": "new Array(-1)",
    "broken syntax": "(function( {",
    "a huge number": "2n ** 100000000n",
    "deep nesting": "JSON.parse('['.repeat(1e6))",
}

# Each wants more time or memory than it gets, when the row says so.
HOGS = {
    "a loop": "while (1);",
    "a loop that catches": "while (1) try { while (1); } catch (e) {}",
    "a regular expression": "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    "a comma for each of a milliard": "new Array(1e9) + ''",
    "doubling": "var s = 'x'; while (1) s += s;",
    "an array that grows": "var a = []; while (1) a.push(new Array(1000).fill(a.length));",
    "a chain that stays": "while (1) globalThis.kept = { before: globalThis.kept };",
    "a buffer": "new ArrayBuffer(1e9)",
    "a text of a quarter gigabyte": "'x'.repeat(2 ** 28)",
    "a message that never ends": "return { validationPassed: false, message: { toString() { while (1); } } }",
    "a verdict that never ends": "return { get validationPassed() { while (1); } }",
    "sorting": "[3, 1, 2].sort(() => { while (1); })",
    "a method of ours": "String.prototype.slice = () => { while (1); }; return { validationPassed: 0, message: 'x' }",
}
