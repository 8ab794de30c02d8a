package org.pellucid.methods;

/** How Smooth Grad-CAM++ combines the derivatives of noisy copies. */
public enum SmoothFormula {
  /** alpha = D_2 / (2 D_2 + (sum A) D_3): Grad-CAM++ on averaged derivatives. */
  CORRECTED,
  /** alpha = D_1 / (2 D_2 + (sum A) D_3), as the paper prints it. */
  PAPER,
  /** The mean of the raw Grad-CAM++ maps of the copies, each from its own A and g. */
  MEAN_OF_MAPS
}
