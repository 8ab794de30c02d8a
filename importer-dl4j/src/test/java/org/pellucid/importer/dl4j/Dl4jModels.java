package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Networks that DL4J makes and trains for the tests. */
final class Dl4jModels {
  private static final CNN2DFormat NHWC = CNN2DFormat.NHWC;
  private static final Map<String, Example> MADE = new HashMap<>();

  static {
    // Some operations of ND4J make results of the default type, whatever they are given.
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
  }

  private Dl4jModels() {}

  /**
   * A network and an input for it.
   *
   * @param input of one sample, as DL4J takes it
   */
  record Example(Model network, INDArray input) {}

  private static NeuralNetConfiguration.Builder base() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(DataType.DOUBLE)
        .updater(new Sgd(0.05))
        .activation(Activation.TANH);
  }

  static OutputLayer scores(int classes) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .build();
  }

  static ConvolutionLayer.Builder conv(int outputs, int... kernel) {
    return new ConvolutionLayer.Builder(kernel).nOut(outputs);
  }

  private static SubsamplingLayer.Builder pool(SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type).kernelSize(2, 2).stride(2, 2);
  }

  /** A chain of layers. */
  static Example chain(InputType type, long[] input, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = base().list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    return trained(network, input);
  }

  /** Some steps of training, so that no weight or statistic is at its initial value. */
  private static Example trained(Model network, long[] input) {
    Nd4j.getRandom().setSeed(11);
    INDArray[] batch = {random(4, input)};
    if (network instanceof MultiLayerNetwork chain) {
      if (cannotBeTrained(chain)) {
        chain.params().assign(Transforms.abs(Nd4j.randn(chain.params().shape())).addi(0.1));
      } else if (chain.getOutputLayer() instanceof IOutputLayer) {
        chain.fit(batch[0], labels(chain.output(batch[0]).shape()));
        chain.fit(batch[0], labels(chain.output(batch[0]).shape()));
      }
      rounded(chain.params());
    } else if (network instanceof ComputationGraph graph) {
      INDArray[] outputs = graph.output(batch);
      INDArray[] wanted = new INDArray[outputs.length];
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = labels(outputs[i].shape());
      }
      if (graph.getOutputLayer(0) instanceof IOutputLayer) {
        graph.fit(batch, wanted);
      }
      rounded(graph.params());
    }
    return new Example(network, random(1, input));
  }

  /** What DL4J fails to train with channels last. */
  private static boolean cannotBeTrained(MultiLayerNetwork chain) {
    return Arrays.stream(chain.getLayers())
        .map(layer -> layer.conf().getLayer())
        .anyMatch(
            layer ->
                (layer instanceof BatchNormalization norm && norm.isLockGammaBeta())
                    || (layer instanceof Convolution1DLayer series
                        && series.getRnnDataFormat() == RNNFormat.NWC));
  }

  private static INDArray random(int samples, long[] perSample) {
    long[] shape = new long[perSample.length + 1];
    shape[0] = samples;
    System.arraycopy(perSample, 0, shape, 1, perSample.length);
    INDArray values = Nd4j.randn(DataType.DOUBLE, shape);
    return values.castTo(DataType.FLOAT).castTo(DataType.DOUBLE);
  }

  private static INDArray labels(long[] shape) {
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, shape);
    if (shape.length == 2) {
      for (int i = 0; i < shape[0]; i++) {
        labels.putScalar(i, i % shape[1], 1);
      }
    } else {
      labels.addi(0.25);
    }
    return labels;
  }

  /** Weights that float32 holds exactly, so that nothing is lost when they are imported. */
  private static void rounded(INDArray params) {
    params.assign(params.castTo(DataType.FLOAT).castTo(DataType.DOUBLE));
  }

  private static InputType image(int size, int channels) {
    return InputType.convolutional(size, size, channels);
  }

  /** The names of all examples. */
  static Set<String> names() {
    return all().keySet();
  }

  /** An example by name; made once. */
  static Example named(String name) {
    return MADE.computeIfAbsent(name, wanted -> all().get(wanted).get());
  }

  private static Map<String, Supplier<Example>> all() {
    Map<String, Supplier<Example>> all = new LinkedHashMap<>();
    all.put("lenet", Dl4jModels::lenet);
    for (ConvolutionMode mode :
        new ConvolutionMode[] {
          ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Strict
        }) {
      for (CNN2DFormat format : CNN2DFormat.values()) {
        all.put("windows-" + mode + "-" + format, () -> windows(mode, format));
      }
    }
    for (SubsamplingLayer.PoolingType type :
        new SubsamplingLayer.PoolingType[] {
          SubsamplingLayer.PoolingType.MAX,
          SubsamplingLayer.PoolingType.AVG,
          SubsamplingLayer.PoolingType.PNORM
        }) {
      all.put("pool-" + type, () -> pools(type, false));
    }
    all.put("pool-AVG-with-padding", () -> pools(SubsamplingLayer.PoolingType.AVG, true));
    for (PoolingType type : PoolingType.values()) {
      all.put("global-" + type, () -> global(type, CNN2DFormat.NCHW));
    }
    all.put("global-NHWC", () -> global(PoolingType.AVG, NHWC));
    all.put("normalized", () -> normalized(false, CNN2DFormat.NCHW));
    all.put("normalized-NHWC", () -> normalized(true, NHWC));
    all.put("separable", Dl4jModels::separable);
    all.put("transposed-Truncate", () -> transposed(ConvolutionMode.Truncate));
    all.put("transposed-Same", () -> transposed(ConvolutionMode.Same));
    all.put("transposed-NHWC", Dl4jModels::transposedLast);
    all.put("separable-NHWC", Dl4jModels::separableLast);
    all.put("volumes-pooled-NDHWC", Dl4jModels::volumesPooledLast);
    all.put("volumes-transposed-NDHWC", Dl4jModels::volumesTransposedLast);
    all.put("arranged", Dl4jModels::arranged);
    all.put("arranged-NHWC", Dl4jModels::arrangedLast);
    all.put("series-Causal", () -> series(ConvolutionMode.Causal));
    all.put("series-Same", () -> series(ConvolutionMode.Same));
    all.put("series-NWC", Dl4jModels::seriesLast);
    all.put("softmax-of-images", () -> softmaxOfImages(CNN2DFormat.NCHW));
    all.put("softmax-of-images-NHWC", () -> softmaxOfImages(NHWC));
    all.put("series-output", Dl4jModels::seriesOutput);
    all.put("volumes", Dl4jModels::volumes);
    all.put("volumes-NDHWC", Dl4jModels::volumesLast);
    all.put("loss-per-pixel", Dl4jModels::lossPerPixel);
    all.put("dense", Dl4jModels::dense);
    all.put("residual", Dl4jModels::residual);
    all.put("branches-NHWC", Dl4jModels::branchesLast);
    all.put("pool-helper", Dl4jModels::poolHelper);
    all.put("vertices", Dl4jModels::vertices);
    return all;
  }

  /** Convolutions, pools and dense layers, of rows of pixels. */
  static Example lenet() {
    return chain(
        InputType.convolutionalFlat(14, 14, 1),
        new long[] {14 * 14},
        conv(4, 3, 3).name("first").activation(Activation.RELU).build(),
        pool(SubsamplingLayer.PoolingType.MAX).build(),
        conv(6, 3, 3).activation(Activation.RELU).build(),
        new DropoutLayer.Builder(0.5).build(),
        new DenseLayer.Builder().nOut(8).activation(Activation.RELU).dropOut(0.5).build(),
        scores(3));
  }

  private static Example windows(ConvolutionMode mode, CNN2DFormat format) {
    long[] input = format == NHWC ? new long[] {11, 9, 2} : new long[] {2, 11, 9};
    return chain(
        InputType.convolutional(11, 9, 2, format),
        input,
        conv(3, 3, 5).convolutionMode(mode).dataFormat(format).build(),
        conv(4, 3, 2)
            .convolutionMode(mode)
            .dilation(2, 1)
            .stride(1, mode == ConvolutionMode.Strict ? 1 : 2)
            .padding(mode == ConvolutionMode.Same ? 0 : 1, 0)
            .dataFormat(format)
            .build(),
        conv(3, 1, 1).hasBias(false).dataFormat(format).activation(Activation.IDENTITY).build(),
        pool(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(3, 2)
            .stride(mode == ConvolutionMode.Strict ? 1 : 2, 1)
            .convolutionMode(mode)
            .dataFormat(format)
            .build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example pools(SubsamplingLayer.PoolingType type, boolean includePadding) {
    return chain(
        image(10, 2),
        new long[] {2, 10, 10},
        new SubsamplingLayer.Builder(type)
            .kernelSize(3, 3)
            .stride(2, 2)
            .padding(1, 1)
            .pnorm(2)
            .avgPoolIncludePadInDivisor(includePadding)
            .build(),
        conv(3, 2, 2).build(),
        new SubsamplingLayer.Builder(type)
            .kernelSize(2, 3)
            .stride(1, 1)
            .convolutionMode(ConvolutionMode.Same)
            .pnorm(2)
            .avgPoolIncludePadInDivisor(includePadding)
            .build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example global(PoolingType type, CNN2DFormat format) {
    return chain(
        InputType.convolutional(12, 12, 2, format),
        format == NHWC ? new long[] {12, 12, 2} : new long[] {2, 12, 12},
        conv(4, 3, 3).dataFormat(format).build(),
        new GlobalPoolingLayer.Builder(type).pnorm(2).build(),
        scores(3));
  }

  private static Example normalized(boolean fixed, CNN2DFormat format) {
    return chain(
        InputType.convolutional(6, 6, 7, format),
        format == NHWC ? new long[] {6, 6, 7} : new long[] {7, 6, 6},
        new LocalResponseNormalization.Builder(2, 5, 0.3, 0.75).dataFormat(format).build(),
        conv(4, 2, 2).dataFormat(format).build(),
        new BatchNormalization.Builder()
            .useLogStd(false)
            .lockGammaBeta(fixed)
            .gamma(1.5)
            .beta(0.25)
            .dataFormat(format)
            .build(),
        new ActivationLayer.Builder().activation(Activation.RELU).build(),
        new DenseLayer.Builder().nOut(5).build(),
        new BatchNormalization.Builder().useLogStd(false).build(),
        scores(3));
  }

  private static Example separable() {
    return chain(
        image(9, 3),
        new long[] {3, 9, 9},
        new SeparableConvolution2D.Builder(3, 2)
            .nOut(4)
            .depthMultiplier(2)
            .convolutionMode(ConvolutionMode.Same)
            .build(),
        new DepthwiseConvolution2D.Builder(3, 2).depthMultiplier(3).stride(2, 1).build(),
        new PReLULayer.Builder().inputShape(12, 4, 8).sharedAxes(3).build(),
        new PReLULayer.Builder().inputShape(12, 4, 8).build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example transposed(ConvolutionMode mode) {
    return chain(
        image(5, 2),
        new long[] {2, 5, 5},
        new Deconvolution2D.Builder(3, 4).stride(2, 3).nOut(3).convolutionMode(mode).build(),
        new Deconvolution2D.Builder(3, 3)
            .nOut(2)
            .padding(mode == ConvolutionMode.Same ? 0 : 1, 0)
            .convolutionMode(mode)
            .build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example transposedLast() {
    return chain(
        InputType.convolutional(5, 4, 2, NHWC),
        new long[] {5, 4, 2},
        new Deconvolution2D.Builder(3, 4).stride(2, 3).nOut(3).dataFormat(NHWC).build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example separableLast() {
    return chain(
        InputType.convolutional(9, 8, 3, NHWC),
        new long[] {9, 8, 3},
        new SeparableConvolution2D.Builder(3, 2)
            .nOut(4)
            .depthMultiplier(2)
            .dataFormat(NHWC)
            .build(),
        new DepthwiseConvolution2D.Builder(3, 2)
            .depthMultiplier(3)
            .stride(2, 1)
            .dataFormat(NHWC)
            .build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  /** Cubes, as DL4J takes one axis for another here. */
  private static Example volumesPooledLast() {
    Convolution3D.DataFormat format = Convolution3D.DataFormat.NDHWC;
    return chain(
        InputType.convolutional3D(format, 5, 5, 5, 2),
        new long[] {5, 5, 5, 2},
        new Convolution3D.Builder(2, 2, 2).nOut(3).dataFormat(format).build(),
        new Subsampling3DLayer.Builder(Subsampling3DLayer.PoolingType.AVG)
            .kernelSize(2, 2, 2)
            .stride(2, 2, 2)
            .convolutionMode(ConvolutionMode.Truncate)
            .dataFormat(format)
            .build(),
        new DenseLayer.Builder().nOut(4).build(),
        scores(3));
  }

  private static Example volumesTransposedLast() {
    Convolution3D.DataFormat format = Convolution3D.DataFormat.NDHWC;
    return chain(
        InputType.convolutional3D(format, 4, 4, 4, 2),
        new long[] {4, 4, 4, 2},
        new Deconvolution3D.Builder()
            .kernelSize(3, 3, 3)
            .stride(2, 2, 2)
            .nOut(3)
            .dataFormat(format)
            .build(),
        new DenseLayer.Builder().nOut(4).build(),
        scores(3));
  }

  private static Example arranged() {
    return chain(
        image(8, 2),
        new long[] {2, 8, 8},
        new ZeroPaddingLayer.Builder(1, 2, 3, 0).build(),
        new Upsampling2D.Builder().size(new int[] {2, 3}).build(),
        conv(3, 3, 3).build(),
        new Cropping2D.Builder(1, 0, 2, 1).build(),
        new ZeroPaddingLayer.Builder(0, 1, 0, 0).build(),
        conv(4, 1, 2).build(),
        new Cropping2D.Builder(0, 1, 0, 1).build(),
        new DenseLayer.Builder().nOut(5).build(),
        new FrozenLayer(new DenseLayer.Builder().nOut(4).build()),
        scores(3));
  }

  private static Example arrangedLast() {
    return chain(
        InputType.convolutional(8, 6, 2, NHWC),
        new long[] {8, 6, 2},
        new SpaceToDepthLayer.Builder<>(2, NHWC).build(),
        conv(3, 2, 2).dataFormat(NHWC).build(),
        new Upsampling2D.Builder(2).dataFormat(NHWC).build(),
        new ZeroPaddingLayer.Builder(1, 0).dataFormat(NHWC).build(),
        new Cropping2D.Builder(1, 1).dataFormat(NHWC).build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example series(ConvolutionMode mode) {
    return chain(
        InputType.recurrent(3, 12),
        new long[] {3, 12},
        new Convolution1DLayer.Builder(3).nOut(4).convolutionMode(mode).dilation(2).build(),
        new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.AVG)
            .kernelSize(2)
            .stride(2)
            .build(),
        new Upsampling1D.Builder(2).build(),
        new ZeroPadding1DLayer.Builder(1, 2).build(),
        new Cropping1D.Builder(2, 0).build(),
        new Convolution1DLayer.Builder(2).nOut(4).stride(2).build(),
        new GlobalPoolingLayer.Builder(PoolingType.MAX).build(),
        scores(3));
  }

  private static Example seriesLast() {
    return chain(
        InputType.recurrent(3, 12, RNNFormat.NWC),
        new long[] {12, 3},
        new Convolution1DLayer.Builder(3).nOut(4).rnnDataFormat(RNNFormat.NWC).build(),
        new Convolution1DLayer.Builder(2).nOut(5).rnnDataFormat(RNNFormat.NWC).build(),
        new GlobalPoolingLayer.Builder(PoolingType.MAX).poolingDimensions(1).build(),
        scores(3));
  }

  private static Example softmaxOfImages(CNN2DFormat format) {
    return chain(
        InputType.convolutional(6, 5, 2, format),
        format == NHWC ? new long[] {6, 5, 2} : new long[] {2, 6, 5},
        conv(3, 2, 2).dataFormat(format).build(),
        new ActivationLayer.Builder().activation(Activation.SOFTMAX).build(),
        new DenseLayer.Builder().nOut(5).build(),
        scores(3));
  }

  private static Example seriesOutput() {
    return chain(
        InputType.recurrent(3, 12),
        new long[] {3, 12},
        new Convolution1DLayer.Builder(3).nOut(4).convolutionMode(ConvolutionMode.Same).build(),
        new RnnOutputLayer.Builder(LossFunction.MCXENT)
            .nOut(3)
            .activation(Activation.SOFTMAX)
            .build());
  }

  private static Example volumes() {
    Convolution3D.DataFormat format = Convolution3D.DataFormat.NCDHW;
    return chain(
        InputType.convolutional3D(format, 6, 6, 7, 2),
        new long[] {2, 6, 6, 7},
        new Convolution3D.Builder(2, 3, 2).nOut(3).dataFormat(format).build(),
        new Subsampling3DLayer.Builder(Subsampling3DLayer.PoolingType.MAX)
            .kernelSize(2, 2, 2)
            .stride(2, 1, 2)
            .convolutionMode(ConvolutionMode.Truncate)
            .dataFormat(format)
            .build(),
        new Upsampling3D.Builder(2).dataFormat(format).build(),
        new ZeroPadding3DLayer.Builder(1, 0, 1).build(),
        new Cropping3D.Builder(0, 1, 1).build(),
        new Deconvolution3D.Builder()
            .kernelSize(2, 2, 2)
            .stride(1, 2, 1)
            .nOut(2)
            .dataFormat(format)
            .build(),
        new GlobalPoolingLayer.Builder(PoolingType.AVG).build(),
        scores(3));
  }

  private static Example volumesLast() {
    Convolution3D.DataFormat format = Convolution3D.DataFormat.NDHWC;
    return chain(
        InputType.convolutional3D(format, 6, 5, 7, 2),
        new long[] {6, 5, 7, 2},
        new Convolution3D.Builder(2, 3, 2)
            .nOut(3)
            .convolutionMode(ConvolutionMode.Same)
            .dataFormat(format)
            .build(),
        new DenseLayer.Builder().nOut(4).build(),
        scores(3));
  }

  private static Example lossPerPixel() {
    return chain(
        image(6, 2),
        new long[] {2, 6, 6},
        conv(3, 3, 3).build(),
        new CnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build());
  }

  private static Example dense() {
    return chain(
        InputType.feedForward(9),
        new long[] {9},
        new DenseLayer.Builder().nOut(8).hasBias(false).build(),
        new ElementWiseMultiplicationLayer.Builder().nIn(8).nOut(8).build(),
        new DenseLayer.Builder().nOut(3).activation(Activation.IDENTITY).build(),
        new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build());
  }

  /** One activation function after a dense layer whose outputs are spread widely. */
  static Example activation(IActivation function) {
    return chain(
        InputType.feedForward(3),
        new long[] {3},
        new DenseLayer.Builder().nOut(40).activation(Activation.IDENTITY).build(),
        new ActivationLayer.Builder().activation(function).build(),
        scores(3));
  }

  /**
   * All activation functions but RReLU, which is refused, and some with other settings than the
   * default.
   */
  static List<IActivation> activations() {
    List<IActivation> all = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      if (activation != Activation.RRELU) {
        all.add(activation.getActivationFunction());
      }
    }
    all.add(new ActivationReLU(0.75, 0.25, 0.1));
    all.add(new ActivationReLU(0.5, 0.0, 0.0));
    all.add(new ActivationGELU(true));
    return all;
  }

  private static Example graph(GraphBuilder builder, long... input) {
    ComputationGraph network = new ComputationGraph(builder.build());
    network.init();
    return trained(network, input);
  }

  private static GraphBuilder builder(InputType type) {
    return base().graphBuilder().addInputs("image").setInputTypes(type);
  }

  /** A residual block, in the manner of DL4J's model zoo. */
  static Example residual() {
    return graph(
        builder(image(9, 2))
            .addLayer("stem", conv(4, 3, 3).activation(Activation.RELU).build(), "image")
            .addLayer(
                "branch/conv",
                conv(4, 3, 3)
                    .convolutionMode(ConvolutionMode.Same)
                    .activation(Activation.IDENTITY)
                    .build(),
                "stem")
            .addLayer(
                "branch/norm",
                new BatchNormalization.Builder().useLogStd(false).build(),
                "branch/conv")
            .addVertex(
                "add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "branch/norm", "stem")
            .addLayer(
                "relu", new ActivationLayer.Builder().activation(Activation.RELU).build(), "add")
            .addLayer("average", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "relu")
            .addLayer("scores", scores(3), "average")
            .setOutputs("scores"),
        2,
        9,
        9);
  }

  private static Example branchesLast() {
    InputType type = InputType.convolutional(7, 8, 2, NHWC);
    return graph(
        builder(type)
            .addLayer("a", conv(3, 3, 3).dataFormat(NHWC).build(), "image")
            .addLayer("b", conv(2, 3, 3).dataFormat(NHWC).build(), "image")
            .addVertex("both", new MergeVertex(), "a", "b")
            .addLayer("dense", new DenseLayer.Builder().nOut(5).build(), "both")
            .addLayer("scores", scores(3), "dense")
            .setOutputs("scores"),
        7,
        8,
        2);
  }

  private static Example poolHelper() {
    return graph(
        builder(image(8, 2))
            .addLayer("c", conv(4, 3, 3).build(), "image")
            .addVertex("helper", new PoolHelperVertex(), "c")
            .addLayer("average", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "helper")
            .addLayer("scores", scores(3), "average")
            .setOutputs("scores"),
        2,
        8,
        8);
  }

  /** The other vertices, and two outputs. */
  private static Example vertices() {
    return graph(
        builder(image(8, 2))
            .addLayer("c", conv(4, 3, 3).convolutionMode(ConvolutionMode.Same).build(), "image")
            .addLayer("d", conv(4, 1, 1).build(), "image")
            .addLayer("e", conv(4, 1, 1).build(), "image")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c", "d", "e")
            .addVertex("mean", new ElementWiseVertex(ElementWiseVertex.Op.Average), "c", "d", "e")
            .addVertex("most", new ElementWiseVertex(ElementWiseVertex.Op.Max), "c", "d")
            .addVertex("less", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "sum", "mean")
            .addVertex("times", new ElementWiseVertex(ElementWiseVertex.Op.Product), "less", "most")
            .addVertex("both", new MergeVertex(), "times", "most")
            .addVertex("scale", new ScaleVertex(1.5), "both")
            .addVertex("shift", new ShiftVertex(0.25), "scale")
            .addVertex("stack", new StackVertex(), "shift", "both")
            .addVertex("unstack", new UnstackVertex(1, 2), "stack")
            .addVertex("unit", new L2NormalizeVertex(), "unstack")
            .addVertex(
                "rows", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(8, 8, 8)), "unit")
            .addVertex("some", new SubsetVertex(3, 12), "rows")
            .addVertex("reshaped", new ReshapeVertex(-1, 10), "some")
            .addVertex("distance", new L2Vertex(), "some", "reshaped")
            .addVertex("all", new MergeVertex(), "reshaped", "distance")
            .addLayer(
                "centered",
                new CenterLossOutputLayer.Builder()
                    .nOut(3)
                    .lossFunction(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "all")
            .addLayer("scores", scores(3), "rows")
            .setOutputs("scores", "centered"),
        2,
        8,
        8);
  }
}
