/** Whole small ONNX models in the forms that files take, through the facade and the probe. */
package org.pellucid.it.models;
