package org.pellucid.importer.dl4j;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;

/**
 * Reads the HDF5 files ({@code .h5}) in which Keras 2 and 3 keep whole models, {@code Sequential}
 * and {@code Functional} ones, models within models included. Nothing of Keras, TensorFlow or the
 * HDF5 library is involved, and code that a file holds (Lambda layers) is never run.
 *
 * <p>Each layer becomes one node of the layer's name, with others before it where it needs them:
 * {@code conv1} after the activation function, {@code conv1/linear} before it; layers of a model
 * within the model are called {@code model/layer}. Where the model has channels last, as Keras has
 * by default, its inputs and outputs have so too; in between channels come first. Weights of any
 * floating type become float32.
 *
 * <p>A graph's metadata holds {@code format} ("keras") and {@code producer} (Keras's version).
 */
public final class KerasImporter implements ModelImporter {
  /** Makes an importer, which has no state. */
  public KerasImporter() {}

  @Override
  public String id() {
    return "keras";
  }

  /** True for files that begin as HDF5 files do, whatever they are called. */
  @Override
  public boolean accepts(Path file) {
    return KerasFile.looksLike(file);
  }

  @Override
  public ModelGraph read(Path file, ImportOptions options) {
    return Guarded.read(
        file,
        () -> {
          try (KerasFile opened = KerasFile.open(file)) {
            Settings configuration = opened.configuration();
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("format", id());
            metadata.put("producer", "Keras " + opened.version());
            return new KerasTranslator(opened, configuration, opened.version(), options)
                .translate(metadata);
          }
        });
  }
}
