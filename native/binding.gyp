# The second way to build the addon, for machines without CMake: scripts/build-addon.mjs runs node-gyp on this file.
# It lies in native/ because npm would run node-gyp by itself on one in the root of the package.
{
  'targets': [
    {
      'target_name': 'zerokara',
      'sources': [
        'addon.cc',
        'bindings/activations.cc',
        'bindings/arithmetic.cc',
        'bindings/arguments.cc',
        'bindings/convolution.cc',
        'bindings/gather.cc',
        'bindings/info.cc',
        'bindings/layer_normalization.cc',
        'bindings/losses.cc',
        'bindings/matrix.cc',
        'bindings/normalization.cc',
        'bindings/pooled_convolution.cc',
        'bindings/pooling.cc',
        'bindings/smooth_activations.cc',
        'bindings/softmax.cc',
        'bindings/updates.cc',
        'kernels/blas.cc',
        'kernels/cpu.cc',
        'kernels/direct_convolution.cc',
        'kernels/gemm.cc',
        'kernels/heap.cc',
        'kernels/level_baseline.cc',
        'kernels/level_v3.cc',
        'kernels/level_v4.cc',
        'kernels/panel_gemm.cc',
        'kernels/pooled_composition.cc',
        'kernels/pooled_convolution.cc',
        'kernels/scratch.cc',
        'kernels/team.cc',
        'kernels/thin_gemm.cc',
        'kernels/weight_gradient.cc',
      ],
      'include_dirs': ['<!@(node headers.cjs)'],
      'defines': [
        'NAPI_VERSION=8',
        'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      # flags.cjs and CMakeLists.txt explain the flags.
      'cflags': ['-fvisibility=hidden'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti'],
      'cflags_cc': [
        '-std=c++17', '-O3', '-fexceptions', '-fvisibility-inlines-hidden',
        '<!@(node flags.cjs)', '-Wall', '-Wextra',
      ],
      'conditions': [
        ['OS=="mac"', {
          'defines': ['ZEROKARA_ACCELERATE', 'ACCELERATE_NEW_LAPACK'],
          'libraries': ['-framework Accelerate'],
          'xcode_settings': {
            'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
            'MACOSX_DEPLOYMENT_TARGET': '13.3',
            'OTHER_CPLUSPLUSFLAGS': ['-O3', '<!@(node flags.cjs)'],
          },
        }, {
          'include_dirs': ['<!(node openblas.cjs include)'],
          'defines': ['ZEROKARA_BLAS_LIBRARY="<!(node openblas.cjs name)"'],
          'libraries': ['<!(node openblas.cjs library)'],
        }],
        ['OS!="mac" and OS!="win"', {
          'ldflags': [
            '-Wl,--exclude-libs,ALL', '-Wl,--as-needed', '-Wl,-z,noexecstack', '-Wl,-z,nodelete',
            '-Wl,-z,relro', '-Wl,-z,now', '-pthread',
          ],
        }],
        ['OS=="win"', {
          'msvs_settings': {
            'VCCLCompilerTool': { 'ExceptionHandling': 1, 'AdditionalOptions': ['/O2', '/fp:precise', '/std:c++17'] },
          },
        }],
      ],
    },
  ],
}
