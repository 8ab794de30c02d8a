package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;

/** An input in which nothing is to be seen. */
public enum Baseline {
  /** Zeros: the mean colour of the training images, where a model's preset takes it away. */
  ZERO,
  /** Each channel's mean over the image. */
  MEAN;

  /** The baseline of an image, channels by pixels. */
  Field of(Field image) {
    ArrayAlgebra algebra = ArrayAlgebra.INSTANCE;
    Field zeros = new Field(image.maps(), image.cells(), new double[image.values().length]);
    return this == ZERO ? zeros : algebra.add(zeros, algebra.meanCells(image));
  }
}
