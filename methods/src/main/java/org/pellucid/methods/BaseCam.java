package org.pellucid.methods;

import org.pellucid.api.Explainer;

/** A class activation map that another method is made of. */
public enum BaseCam {
  /** {@link GradCam}. */
  GRAD_CAM(new GradCam()),
  /** {@link GradCamPlusPlus}. */
  GRAD_CAM_PLUS_PLUS(new GradCamPlusPlus()),
  /** {@link XGradCam}. */
  XGRAD_CAM(new XGradCam()),
  /** {@link LayerCam}. */
  LAYER_CAM(new LayerCam()),
  /** {@link HiResCam}. */
  HIRES_CAM(new HiResCam());

  @SuppressWarnings("ImmutableEnumChecker")
  private final Explainer explainer;

  BaseCam(Explainer explainer) {
    this.explainer = explainer;
  }

  /** The method; it has no state. */
  Explainer explainer() {
    return explainer;
  }
}
