package org.pellucid.importer.dl4j;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;

/**
 * Reads the zip files in which DL4J 1.0.0-beta and newer keeps its networks, {@code
 * MultiLayerNetwork} and {@code ComputationGraph}. Nothing of DL4J or ND4J is involved: the
 * configuration is read as data, and the class names in it are looked up in a table.
 *
 * <p>Each layer becomes one node of the layer's name, with others before it where it needs them:
 * {@code conv1} after the activation function, {@code conv1/linear} before it. Where the network
 * has channels last, its inputs and outputs have so too; in between channels come first. Weights of
 * any floating type become float32. The shape of an input, which DL4J does not store, is inferred;
 * an input that DL4J takes as rows of pixels is one of images here.
 *
 * <p>A graph's metadata holds {@code format} ("dl4j"), {@code producer}, {@code network} (the kind
 * of network), {@code weights} (their type in the file), and {@code normalizer} ("ignored") where
 * the file also keeps what inputs were scaled with.
 */
public final class Dl4jImporter implements ModelImporter {
  /** Makes an importer, which has no state. */
  public Dl4jImporter() {}

  @Override
  public String id() {
    return "dl4j";
  }

  /**
   * True for zips with a configuration and weights as DL4J names them, whatever they are called.
   */
  @Override
  public boolean accepts(Path file) {
    return Dl4jArchive.looksLike(file);
  }

  @Override
  public ModelGraph read(Path file, ImportOptions options) {
    return Guarded.read(
        file,
        () -> {
          try (Dl4jArchive archive = Dl4jArchive.open(file)) {
            Dl4jNetwork network = Dl4jNetwork.of(archive.configuration());
            try (Coefficients weights = archive.coefficients()) {
              Map<String, String> metadata = new LinkedHashMap<>();
              metadata.put("format", id());
              metadata.put("producer", "deeplearning4j");
              metadata.put("network", network.kind());
              metadata.put("weights", weights.type());
              if (archive.hasNormalizer()) {
                metadata.put("normalizer", "ignored");
              }
              return new Dl4jTranslator(network, weights, options).translate(metadata);
            }
          }
        });
  }
}
