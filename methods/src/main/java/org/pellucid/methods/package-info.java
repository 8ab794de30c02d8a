/**
 * Explainers of the class activation map family: Grad-CAM, Grad-CAM++ and Smooth Grad-CAM++. Each
 * asks a probe for activations and gradients of one layer, and makes weights of its feature maps by
 * a formula that is written once over an algebra.
 */
package org.pellucid.methods;
