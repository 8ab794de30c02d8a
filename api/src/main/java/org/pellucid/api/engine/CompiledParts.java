package org.pellucid.api.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The compiled parts of a model, each for the questions of its kind; at most {@value #MOST}, of
 * which the ones used last are kept. Safe for use by several threads: a part is compiled once, and
 * not closed while it is used.
 */
final class CompiledParts implements AutoCloseable {
  /**
   * Forward and backward of single samples, whole chunks and the rest of a run, with the questions
   * of some layers.
   */
  static final int MOST = 16;

  private final Function<Parts.Question, CompiledPart> compiler;
  private final Map<Parts.Question, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** A part from when it is first asked for to when nobody needs it. */
  private final class Entry {
    private final Parts.Question question;
    private CompiledPart compiled;
    private int users;
    private boolean dropped;

    Entry(Parts.Question question) {
      this.question = question;
    }

    /** Whoever comes first compiles, the others wait. */
    synchronized CompiledPart compiled() {
      if (compiled == null) {
        compiled = compiler.apply(question);
      }
      return compiled;
    }

    synchronized void close() {
      if (compiled != null) {
        compiled.close();
      }
    }
  }

  CompiledParts(Function<Parts.Question, CompiledPart> compiler) {
    this.compiler = compiler;
  }

  /** Uses the part that answers a question. */
  <T> T use(Parts.Question question, Function<CompiledPart, T> work) {
    Entry entry = acquire(question);
    boolean compiled = false;
    try {
      CompiledPart part = entry.compiled();
      compiled = true;
      return work.apply(part);
    } finally {
      release(entry, compiled);
    }
  }

  private synchronized Entry acquire(Parts.Question question) {
    Entry entry = entries.computeIfAbsent(question, Entry::new);
    entry.users++;
    for (Iterator<Entry> eldest = entries.values().iterator(); entries.size() > MOST; ) {
      drop(eldest.next());
      eldest.remove();
    }
    return entry;
  }

  private synchronized void release(Entry entry, boolean compiled) {
    entry.users--;
    if (!compiled && entries.remove(entry.question, entry)) {
      entry.dropped = true;
    }
    if (entry.dropped && entry.users == 0) {
      entry.close();
    }
  }

  private static void drop(Entry entry) {
    entry.dropped = true;
    if (entry.users == 0) {
      entry.close();
    }
  }

  /** Closes all parts; none is in use. */
  @Override
  public synchronized void close() {
    entries.values().forEach(CompiledParts::drop);
    entries.clear();
  }
}
