package org.pellucid.graph;

import java.util.Map;

/**
 * What a model file may leave open.
 *
 * @param inputShapes concrete shapes of inputs by name, for inputs whose axes are symbolic; where a
 *     file fixes an axis, the value given here must agree
 * @param imageHeight height for inputs with symbolic spatial axes that are not in inputShapes
 * @param imageWidth width likewise
 */
public record ImportOptions(Map<String, Shape> inputShapes, int imageHeight, int imageWidth) {
  /** Symbolic batches become 1, symbolic images 224 x 224. */
  public static final ImportOptions DEFAULT = new ImportOptions(Map.of(), 224, 224);

  /** Copies the map. */
  public ImportOptions {
    inputShapes = Map.copyOf(inputShapes);
  }
}
