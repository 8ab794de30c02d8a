/** The backend on ONNX Runtime, which runs the network and the graphs of its gradients. */
package org.pellucid.backend.onnxruntime;
