export default { test: { include: ['*.case.mjs'], cache: false } };
