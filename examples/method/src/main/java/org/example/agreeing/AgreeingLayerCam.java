package org.example.agreeing;

import org.pellucid.api.Algebra;
import org.pellucid.api.explain.ClosedFormMethod;
import org.pellucid.api.explain.LayerTerms;

/** Layer-CAM with a twist: only feature maps that Grad-CAM gives a positive weight have a say. */
public final class AgreeingLayerCam extends ClosedFormMethod {
  public AgreeingLayerCam() {
    super(AgreeingLayerCam::weights);
  }

  @Override
  public String id() {
    return "agreeing-layer-cam";
  }

  @Override
  public String description() {
    return "Layer-CAM of the feature maps whose mean gradient is positive (an example)";
  }

  private static <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
    T gradients = algebra.mul(layer.gradients(), layer.weightCells());
    T agrees = algebra.greater(algebra.meanCells(gradients), algebra.constant(0));
    return algebra.mul(algebra.relu(gradients), agrees);
  }
}
