package org.pellucid.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Reads ONNX files of operator sets 7 to 28.
 *
 * <p>Weights are read once, straight into the arrays in which they stay; float16, bfloat16 and
 * double become float32. Weights may stand in other files in the model's directory or below. Where
 * float32 weights would fill more than a quarter of the heap, those of 1 MiB or more are mapped
 * into memory instead: such a file must not be overwritten or made shorter while the graph is in
 * use ({@link org.pellucid.graph.Tensor#isMapped()}); replacing it by another of its name does no
 * harm. What a model computes from shapes is computed when it is read, for the concrete shapes that
 * {@link ImportOptions} ask for.
 *
 * <p>A graph's metadata holds {@code format} ("onnx"), {@code producer}, {@code irVersion}, {@code
 * opset}, for each input and output that is not float32 {@code input.NAME.elementType} or {@code
 * output.NAME.elementType}, and the file's own properties as {@code property.KEY}.
 */
public final class OnnxImporter implements ModelImporter {
  /** What the keys of a file's own properties begin with in a graph's metadata. */
  static final String PROPERTY = "property.";

  private static final int LONGEST_MESSAGE = 2000;

  /** Makes an importer, which has no state. */
  public OnnxImporter() {}

  /** The names of the ONNX operators that can be read, sorted. */
  public static Set<String> operators() {
    return Operators.names();
  }

  @Override
  public String id() {
    return "onnx";
  }

  /** True for names that end in {@code .onnx}, and for files that begin as ONNX files do. */
  @Override
  public boolean accepts(Path file) {
    Path name = file.getFileName();
    if (name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return true;
    }
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return looksLikeModel(in.readNBytes(3));
    } catch (IOException | SecurityException e) {
      return false;
    }
  }

  /**
   * Files begin with ir_version (field 1, a small number); then comes the producer's name, the
   * graph or the operator set.
   */
  private static boolean looksLikeModel(byte[] start) {
    return start.length == 3
        && start[0] == 0x08
        && start[1] >= 1
        && start[1] <= 64
        && (start[2] == 0x12 || start[2] == 0x3a || start[2] == 0x42);
  }

  @Override
  public ModelGraph read(Path file, ImportOptions options) {
    try (ModelFile opened = ModelFile.open(file);
        TensorLoader loader = new TensorLoader(opened)) {
      OnnxModel model = OnnxReader.read(opened);
      return new ModelTranslator(model, loader, options).translate();
    } catch (MalformedInputException e) {
      throw isOneLine(e) ? e : new MalformedInputException(oneLine(e), e);
    } catch (UnsupportedModelException e) {
      throw isOneLine(e) ? e : new UnsupportedModelException(oneLine(e));
    } catch (IOException | UncheckedIOException e) {
      Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
      String reason =
          cause instanceof AccessDeniedException ? "access is denied" : cause.getMessage();
      throw new MalformedInputException("\"" + file + "\" could not be read: " + reason, cause);
    }
  }

  private static boolean isOneLine(PellucidException e) {
    return e.getMessage().length() <= LONGEST_MESSAGE
        && e.getMessage().chars().noneMatch(Character::isISOControl);
  }

  /** Messages repeat names from the file, and a file may name its parts as it likes. */
  private static String oneLine(PellucidException e) {
    String line = e.getMessage().replaceAll("\\p{Cntrl}", "?");
    return line.length() <= LONGEST_MESSAGE
        ? line
        : line.substring(0, LONGEST_MESSAGE / 2)
            + " ... "
            + line.substring(line.length() - LONGEST_MESSAGE / 2);
  }
}
