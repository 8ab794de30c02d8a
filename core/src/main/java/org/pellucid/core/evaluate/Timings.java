package org.pellucid.core.evaluate;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** How long the work on an image took, in seconds, by what it was. */
final class Timings {
  private final String image;
  private final long start = System.nanoTime();
  private final Map<String, Map<String, Long>> nanos = new LinkedHashMap<>();

  /** Begins to count. */
  Timings(String image) {
    this.image = image;
  }

  /** Does a piece of work. */
  <T> T time(Scene scene, Contender contender, String what, Supplier<T> work) {
    long before = System.nanoTime();
    try {
      return work.get();
    } finally {
      String who =
          scene.pellucid().backend().id() + " " + contender.place() + " " + contender.name();
      nanos
          .computeIfAbsent(who, name -> new LinkedHashMap<>())
          .merge(what, System.nanoTime() - before, Long::sum);
    }
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("image", image);
    json.addProperty("seconds", (System.nanoTime() - start) / 1e9);
    nanos.forEach(
        (who, parts) -> {
          JsonObject seconds = new JsonObject();
          parts.forEach((what, count) -> seconds.addProperty(what, count / 1e9));
          json.add(who, seconds);
        });
    return json;
  }
}
