package org.pellucid.importer.dl4j;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;

/** Reading of a file that may hold anything: whatever fails becomes one line of explanation. */
final class Guarded {
  private static final int LONGEST_MESSAGE = 2000;

  private Guarded() {}

  /** What reads a file. */
  interface Reading {
    ModelGraph read() throws IOException;
  }

  /**
   * Reads a file.
   *
   * @throws MalformedInputException if it is missing, cannot be read or is damaged
   * @throws UnsupportedModelException if it asks for what is not supported
   */
  static ModelGraph read(Path file, Reading reading) {
    if (!Files.isRegularFile(file)) {
      throw new MalformedInputException(
          Files.exists(file) ? "\"" + file + "\" is no file" : "There is no file \"" + file + "\"");
    }
    try {
      return reading.read();
    } catch (MalformedInputException e) {
      throw isOneLine(e) ? e : new MalformedInputException(oneLine(e.getMessage()), e);
    } catch (UnsupportedModelException e) {
      throw isOneLine(e) ? e : new UnsupportedModelException(oneLine(e.getMessage()));
    } catch (RefusedLayerException e) {
      throw new UnsupportedModelException(oneLine("\"" + file + "\": " + e.getMessage()));
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new MalformedInputException(
          oneLine("\"" + file + "\" contradicts itself: " + e.getMessage()), e);
    } catch (IOException | UncheckedIOException e) {
      Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
      throw new MalformedInputException(
          oneLine("\"" + file + "\" could not be read: " + reason(cause)), cause);
    } catch (OutOfMemoryError e) {
      // One array that does not fit harms nothing but itself.
      throw new UnsupportedModelException(
          oneLine(
              "\""
                  + file
                  + "\" needs more memory than the "
                  + (Runtime.getRuntime().maxMemory() >> 20)
                  + " MiB that the JVM may use; give it more with -Xmx"));
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (cause instanceof EOFException) {
      return "it ends before its time";
    }
    return (cause instanceof ZipException ? "its zip is damaged: " : "") + cause.getMessage();
  }

  private static boolean isOneLine(PellucidException e) {
    return e.getMessage().length() <= LONGEST_MESSAGE
        && e.getMessage().chars().noneMatch(Character::isISOControl);
  }

  /** Messages repeat names from the file, and a file may name its parts as it likes. */
  private static String oneLine(String message) {
    String line = message.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= LONGEST_MESSAGE
        ? line
        : line.substring(0, LONGEST_MESSAGE / 2)
            + " ... "
            + line.substring(line.length() - LONGEST_MESSAGE / 2);
  }
}
