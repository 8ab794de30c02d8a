package org.pellucid.api.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What was found by key, for the {@value CompiledParts#MOST} keys that were asked for last. Safe
 * for use by several threads.
 */
final class Remembered<K, V> {
  private final Function<K, V> find;
  private final Map<K, V> found =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
          return size() > CompiledParts.MOST;
        }
      };

  /**
   * Remembers nothing yet.
   *
   * @param find finds what belongs to a key, always the same
   */
  Remembered(Function<K, V> find) {
    this.find = find;
  }

  synchronized V get(K key) {
    V known = found.get(key);
    if (known == null) {
      known = find.apply(key);
      found.put(key, known);
    }
    return known;
  }
}
