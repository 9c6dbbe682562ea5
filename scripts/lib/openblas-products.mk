# The part of OpenBLAS that multiplies matrices: cblas_sgemm and cblas_dgemm, the loops below them, and their kernels for
# every CPU of DYNAMIC_LIST. openblas.mjs runs it in OpenBLAS's folder, with the settings of a whole build:
#
#   make -f openblas-products.mk products LIBNAME=<the library to make> DYNAMIC_ARCH=1 …
#
# It stands in for OpenBLAS's own target `libs`, which compiles seven times as many objects.
this := $(abspath $(firstword $(MAKEFILE_LIST)))

ifdef TARGET_CORE

# In kernel/, whose Makefile knows the objects of one CPU. Later versions compute thin products by kernels of vectors.
include Makefile
names = gemm_% gemv_% scal_%

.PHONY: products
products: setparam_$(TARGET_CORE).$(SUFFIX) $(filter $(addprefix s,$(names)) $(addprefix d,$(names)),$(SBLASOBJS) $(DBLASOBJS))
	$(AR) -rs $(TOPDIR)/$(LIBNAME) $^

else

TOPDIR = .
include Makefile.system
forms = nn nt tn tt

.PHONY: products
.NOTPARALLEL: products
products:
	$(MAKE) -C interface cblas_sgemm.$(SUFFIX) cblas_dgemm.$(SUFFIX)
	$(MAKE) -C driver/level3 $(patsubst %,sgemm_%.$(SUFFIX),$(forms)) $(patsubst %,dgemm_%.$(SUFFIX),$(forms))
	$(AR) -rs $(LIBNAME) interface/*.$(SUFFIX) driver/level3/*.$(SUFFIX)
	$(MAKE) -C driver/others libs
	set -e; for core in $(DYNAMIC_CORE); do $(MAKE) GOTOBLAS_MAKEFILE= -C kernel -f $(this) TARGET_CORE=$$core products; done
	# What `install` asks for.
	cp Makefile.conf Makefile.conf_last
	cp config.h config_last.h
	echo DYNAMIC_ARCH=1 >>Makefile.conf_last
	touch lib.grd

endif
