package org.pellucid.core;

import com.google.common.collect.ImmutableSet;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.core.io.AtomicFiles;
import org.pellucid.core.io.Npy;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Pictures;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Writes explanations into a directory as {@code <stem>.<method>.png} (the map over the image),
 * {@code .npy} (the raw signed map in the run's precision; of a map that consists of concepts,
 * those) and {@code .json} (everything else). Each file appears complete or not at all. Immutable.
 */
public final class ExplanationFiles {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().setPrettyPrinting().disableHtmlEscaping().create();

  private final Path directory;
  private final ImmutableSet<Format> formats;
  private final HeatmapSettings rendering;

  /** The files of an explanation. */
  public enum Format {
    /** The picture. */
    PNG,
    /** The description. */
    JSON,
    /** The raw map. */
    NPY;

    private String suffix() {
      return "." + name().toLowerCase(Locale.ROOT);
    }
  }

  private ExplanationFiles(Path directory, Set<Format> formats, HeatmapSettings rendering) {
    this.directory = directory;
    this.formats = ImmutableSet.copyOf(formats);
    this.rendering = rendering;
  }

  /** All files, rendered by default settings, into a directory that is made when it is missing. */
  public static ExplanationFiles into(Path directory) {
    return into(directory, Set.of(Format.values()), HeatmapSettings.DEFAULT);
  }

  /** Some files, rendered by settings, into a directory that is made when it is missing. */
  public static ExplanationFiles into(
      Path directory, Set<Format> formats, HeatmapSettings rendering) {
    return new ExplanationFiles(directory, formats, rendering);
  }

  /**
   * Makes the directory, so that a place that cannot be written to is found before the work.
   *
   * @throws org.pellucid.api.InvalidRequestException if it cannot be made or written to
   */
  public void prepare() {
    String problem;
    try {
      Files.createDirectories(directory);
      problem = Files.isWritable(directory) ? "" : "permission denied";
    } catch (FileAlreadyExistsException e) {
      problem = e.getFile() + " exists and is not a directory";
    } catch (IOException e) {
      problem = "no directory can be made there (" + e.getMessage() + ")";
    }
    if (!problem.isEmpty()) {
      throw new InvalidRequestException(
          "Results cannot be written to the directory " + directory + ": " + problem);
    }
  }

  /**
   * Writes an explanation, replacing files of the same names.
   *
   * @param stem what the files' names begin with
   * @return the files, in the order png, json, npy
   * @throws org.pellucid.api.InvalidRequestException if the directory cannot be written to
   */
  public List<Path> write(Explanation explanation, String stem) {
    List<Path> files = new ArrayList<>();
    for (Format format : Format.values()) {
      if (formats.contains(format)) {
        Path file =
            directory.resolve(stem + "." + explanation.provenance().method() + format.suffix());
        write(explanation, format, file);
        files.add(file);
      }
    }
    return files;
  }

  private void write(Explanation explanation, Format format, Path file) {
    switch (format) {
      case PNG -> Pictures.writePng(ExplanationPicture.of(explanation, rendering), file);
      case NPY -> Npy.write(file, array(explanation.saliency()).cast(stored(explanation)));
      case JSON -> {
        byte[] text =
            (GSON.toJson(ExplanationJson.of(explanation)) + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> out.write(text));
      }
    }
  }

  /** The map; where it consists of concepts those, [n, h, w], whose sum it is. */
  private static Tensor array(Saliency saliency) {
    if (saliency.concepts().isEmpty()) {
      return saliency.map();
    }
    int size = saliency.map().size();
    int count = saliency.concepts().size();
    double[] stacked = new double[count * size];
    for (int i = 0; i < count; i++) {
      double[] concept = saliency.concepts().get(i).map().toDoubleArray();
      System.arraycopy(concept, 0, stacked, i * size, size);
    }
    int[] space = saliency.map().shape().dims();
    int[] dims = new int[space.length + 1];
    dims[0] = count;
    System.arraycopy(space, 0, dims, 1, space.length);
    return Tensor.of(Shape.of(dims), stacked);
  }

  private static ElementType stored(Explanation explanation) {
    return explanation.precision() == Precision.FLOAT64 ? ElementType.FLOAT64 : ElementType.FLOAT32;
  }
}
