package org.pellucid.core.io;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pellucid.graph.MalformedInputException;

/** Reads small text files: UTF-8, with or without a byte order mark, of bounded size. */
public final class TextFiles {
  /** Files that hold a few lines for a person: 16 MiB are more than any of them needs. */
  private static final long LIMIT = 16L << 20;

  private TextFiles() {}

  /**
   * The text of a file.
   *
   * @param what what the file is to the reader, as {@code "label file"}
   * @throws MalformedInputException if it is missing, larger than 16 MiB or not UTF-8
   */
  public static String read(Path file, String what) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new MalformedInputException(
            "The "
                + what
                + " "
                + file
                + (Files.exists(file) ? " is not a file" : " does not exist"));
      }
      long size = Files.size(file);
      if (size > LIMIT) {
        throw new MalformedInputException(
            "The " + what + " " + file + " has " + size + " bytes; at most " + LIMIT + " are read");
      }
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(
          "The " + what + " " + file + " is not text in UTF-8; save it in that encoding", e);
    } catch (IOException e) {
      throw new MalformedInputException(
          "The " + what + " " + file + " could not be read: " + AtomicFiles.reason(e), e);
    }
  }

  /**
   * The content of a JSON file (RFC 8259, strictly).
   *
   * @param what what the file is to the reader, as {@code "preset"}
   * @throws MalformedInputException if it is missing, too large or not JSON
   */
  public static JsonElement readJson(Path file, String what) {
    JsonReader reader = new JsonReader(new StringReader(read(file, what)));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement element = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new JsonParseException("there is more after its end at " + reader.getPath());
      }
      return element;
    } catch (JsonParseException | IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      throw new MalformedInputException(
          "The " + what + " " + file + " is not valid JSON: " + message, e);
    }
  }
}
