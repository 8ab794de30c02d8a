package org.pellucid.api;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers answers by question, the most recently used ones, within bounds of memory. */
final class Answers {
  private record Answer(Object value, long bytes) {}

  private final long budget;
  private final Map<Object, Answer> byQuestion = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  Answers(long budget) {
    this.budget = budget;
  }

  /** The answer to an equal question, or null. */
  <T> T get(Object question, Class<T> type) {
    Answer answer = byQuestion.get(question);
    return answer == null ? null : type.cast(answer.value());
  }

  /** Keeps an answer, and forgets those not used for longest when there is too much. */
  void put(Object question, Object value, long size) {
    Answer before = byQuestion.put(question, new Answer(value, size));
    bytes += size - (before == null ? 0 : before.bytes());
    Iterator<Answer> eldest = byQuestion.values().iterator();
    while (bytes > budget && byQuestion.size() > 1) {
      bytes -= eldest.next().bytes();
      eldest.remove();
    }
  }
}
