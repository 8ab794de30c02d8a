package org.pellucid.methods;

import org.junit.jupiter.api.Nested;
import org.pellucid.api.Explainer;
import org.pellucid.api.Options;
import org.pellucid.api.ScoreScale;
import org.pellucid.testkit.ExplainerContract;

class SmoothGradCamPlusPlusTest {
  /** The contract in every variant. */
  abstract static class Contract extends ExplainerContract {
    private final Options options;

    Contract(SmoothFormula formula, ScoreScale score) {
      this.options =
          Options.DEFAULTS
              .with(SmoothGradCamPlusPlus.FORMULA, formula)
              .with(SmoothGradCamPlusPlus.SCORE, score);
    }

    @Override
    protected Explainer explainer() {
      return new SmoothGradCamPlusPlus();
    }

    @Override
    protected Options options() {
      return options;
    }
  }

  @Nested
  class Corrected extends Contract {
    Corrected() {
      super(SmoothFormula.CORRECTED, ScoreScale.LOGIT);
    }
  }

  @Nested
  class CorrectedOfExp extends Contract {
    CorrectedOfExp() {
      super(SmoothFormula.CORRECTED, ScoreScale.EXP);
    }
  }

  @Nested
  class Paper extends Contract {
    Paper() {
      super(SmoothFormula.PAPER, ScoreScale.LOGIT);
    }
  }

  @Nested
  class MeanOfMaps extends Contract {
    MeanOfMaps() {
      super(SmoothFormula.MEAN_OF_MAPS, ScoreScale.LOGIT);
    }
  }

  @Nested
  class MeanOfMapsOfExp extends Contract {
    MeanOfMapsOfExp() {
      super(SmoothFormula.MEAN_OF_MAPS, ScoreScale.EXP);
    }
  }
}
