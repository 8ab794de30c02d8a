package org.pellucid.api.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What was found by key, for the {@value CompiledParts#MOST} keys that were asked for last. Safe
 * for use by several threads: finding may wait for a lock that another who asks holds, and two may
 * find the same.
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

  V get(K key) {
    V known = known(key);
    return known == null ? remember(key, find.apply(key)) : known;
  }

  private synchronized V known(K key) {
    return found.get(key);
  }

  private synchronized V remember(K key, V value) {
    V other = found.putIfAbsent(key, value);
    return other == null ? value : other;
  }
}
