package org.pellucid.core.evaluate;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Answers to questions, each worked out once. */
final class Answers {
  private final Map<Object, Object> known = new HashMap<>();

  /** The answer to an equal question, or that of a supplier, which may ask others. */
  <T> T once(Object question, Class<T> type, Supplier<T> answer) {
    Object found = known.get(question);
    if (found == null) {
      found = answer.get();
      known.put(question, found);
    }
    return type.cast(found);
  }
}
