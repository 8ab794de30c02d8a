package org.pellucid.core.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.BackendException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;

/**
 * How a worker is talked to: a line per question on its stdin and a line per answer on its stdout,
 * as JSON text sequences (RFC 7464), a record separator before each. What stands before it on a
 * line was written by somebody else: native libraries write to stdout as they like.
 */
final class Wire {
  private static final char SEPARATOR = '\u001e';

  private Wire() {}

  /** A message as a line, without the end of the line. */
  static String line(JsonObject message) {
    return SEPARATOR + message.toString();
  }

  /** The message of a line, if it has one. */
  static Optional<JsonObject> message(String line) {
    int start = line.lastIndexOf(SEPARATOR);
    if (start < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonParser.parseString(line.substring(start + 1)).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException e) {
      throw new BackendException("A worker's message was cut off: " + line, e);
    }
  }

  /** The answer that something failed. */
  static JsonObject failure(Throwable thrown) {
    JsonObject failed = new JsonObject();
    Kind kind = Kind.of(thrown);
    failed.addProperty("kind", kind.name());
    failed.addProperty(
        "message", kind == Kind.INTERNAL ? thrown.toString() : String.valueOf(thrown.getMessage()));
    JsonObject message = new JsonObject();
    message.add("failed", failed);
    return message;
  }

  /**
   * Passes an answer on.
   *
   * @throws PellucidException where it says that something failed, as the worker met it
   */
  static JsonObject succeeded(JsonObject answer) {
    JsonObject failed = answer.getAsJsonObject("failed");
    if (failed != null) {
      throw Kind.valueOf(failed.get("kind").getAsString())
          .exception(failed.get("message").getAsString());
    }
    return answer;
  }

  /** The kinds of failure that are told apart. */
  private enum Kind {
    REQUEST,
    MODEL,
    UNSUPPORTED,
    BACKEND,
    INTERNAL;

    private static final Map<Class<?>, Kind> KINDS =
        Map.of(
            InvalidRequestException.class, REQUEST,
            MalformedInputException.class, MODEL,
            UnsupportedModelException.class, UNSUPPORTED,
            BackendException.class, BACKEND);

    static Kind of(Throwable thrown) {
      return KINDS.entrySet().stream()
          .filter(kind -> kind.getKey().isInstance(thrown))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(INTERNAL);
    }

    PellucidException exception(String message) {
      return switch (this) {
        case REQUEST -> new InvalidRequestException(message);
        case MODEL -> new MalformedInputException(message);
        case UNSUPPORTED -> new UnsupportedModelException(message);
        case BACKEND, INTERNAL -> new BackendException(message);
      };
    }
  }
}
