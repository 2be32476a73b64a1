// What a validation script meets: the row as a record, JSUtil and gs. Leaves one function behind: judge(source, paths).
(function () {
  "use strict";
  const { parse, stringify } = JSON;
  const LONGEST = 1000;
  const messages = [];
  const Limit = globalThis.InternalError;

  const nil = (item) => item === undefined || item === null || String(item) === "";
  const text = (item) => (nil(item) ? "" : String(item).slice(0, LONGEST));
  const say = (item) => {
    if (messages.length < 20) messages.push(text(item));
  };

  // A record behind a reference, and the row itself: as text it is its sys_id, so that comparing and notNull work.
  class Rec {
    toString() { return nil(this.sys_id) ? "" : String(this.sys_id); }
    getUniqueValue() { return this.toString(); }
    getValue(name) { return nil(this[name]) ? null : String(this[name]); }
    getDisplayValue(name) { return String((name === undefined ? this.name ?? this.sys_id : this[name]) ?? ""); }
    getRefRecord() { return this; }
    isValidField(name) { return Object.hasOwn(this, name); }
    nil() { return this.toString() === ""; }
  }

  const dress = (value) => {
    for (const name of Object.keys(value)) {
      const inner = value[name];
      if (inner === null) value[name] = "";
      else if (typeof inner === "object") dress(inner);
    }
    return Object.setPrototypeOf(value, Rec.prototype);
  };

  // Dots across an empty reference give an empty value and no error, as in a GlideRecord.
  const fill = (record, path) => {
    const last = path[path.length - 1];
    for (const name of path.slice(0, -1)) {
      if (typeof record[name] !== "object") record[name] = dress({ sys_id: record[name] ?? "" });
      record = record[name];
    }
    if (record[last] === undefined) record[last] = "";
  };

  const extend = (prototype, name, value) => Object.defineProperty(prototype, name, { value });
  extend(String.prototype, "nil", function () { return String(this) === ""; });
  extend(String.prototype, "getDisplayValue", function () { return String(this); });

  const notNil = (item) => !nil(item);
  globalThis.global = globalThis;
  globalThis.JSUtil = {
    nil, isNil: nil, isNull: nil, isEmpty: nil,
    notNil, notNull: notNil, notEmpty: notNil, isNotEmpty: notNil, has: notNil,
    toBoolean: (item) => item === true || ["true", "1", "yes"].includes(String(item).toLowerCase()),
    contains: (list, item) => Array.from(list).includes(item),
  };
  globalThis.gs = {
    nil,
    addErrorMessage: say, addInfoMessage: say,
    log: say, print: say, info: say, warn: say, error: say, debug: say,
    getMessage: (message, values) =>
      String(message).replace(/\{(\d)\}/g, (whole, n) => [].concat(values ?? [])[n] ?? whole),
  };

  const compile = (source) => {
    try {
      return new Function("stagingTableGr", "return (" + source.replace(/[\s;]+$/, "") + "\n)");
    } catch (error) {
      new Function("stagingTableGr", source); // more than one expression: is it a script at all? Else this throws
      const evaluate = new Function("stagingTableGr", "source", "return eval(source)");
      return (record) => evaluate(record, source);
    }
  };

  const verdict = (result) => {
    if (typeof result === "boolean") return { passed: result, message: "" };
    if (typeof result === "string" && result.trim()) return { passed: false, message: text(result) };
    if (typeof result !== "object" || result === null || result.validationPassed === undefined)
      return { passed: false, message: "", error: "it returned no object with validationPassed and message" };
    return { passed: String(result.validationPassed) === "true", message: text(result.message) };
  };

  const failure = (error) => {
    try {
      const message = text(error instanceof Error ? error.name + ": " + error.message : error) || "unknown error";
      return { passed: false, message: "", error: message, limit: error instanceof Limit };
    } catch { // not even memory to describe it
      return { passed: false, message: "", error: "unknown error", limit: true };
    }
  };

  globalThis.judge = (source, paths) => {
    const run = compile(source);
    delete globalThis.judge;
    return (row) => {
      messages.length = 0;
      const record = dress(parse(row));
      for (const path of paths) fill(record, path);
      let answer;
      try {
        answer = verdict(run(record));
      } catch (error) {
        answer = failure(error);
      }
      if (answer.passed && !messages.length && !answer.message) return "";
      return stringify({ ...answer, messages });
    };
  };
})();
