/**
 * Explainers. Those of a layer make weights of its feature maps, or of each of their cells: by a
 * formula in activations and gradients that is written once over an algebra (Grad-CAM and its kin),
 * from the activations alone (Eigen-CAM, FEM), or by scoring many variants of the image or of the
 * layer (Score-CAM, Ablation-CAM, Recipro-CAM and their kin). Those of the input itself use its
 * gradient, or cover parts of it.
 */
package org.pellucid.methods;
