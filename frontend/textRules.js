/** What of an element is read by people. */
const SAID =
  /^(aria-(label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label|hint)$/;
const WORDS = /\p{L}{2}/u;
const CATALOGUE = /^@\/shared\/text(\/(?!language$)|$)/;

/** The literal texts in what stands between braces: `{ready ? "Yes" : label}` has one. */
function literals(node) {
  switch (node?.type) {
    case "Literal":
      return typeof node.value === "string" ? [{ node, said: node.value }] : [];
    case "TemplateLiteral":
      return node.quasis.map((quasi) => ({ node: quasi, said: quasi.value.cooked ?? "" }));
    case "ConditionalExpression":
      return [...literals(node.consequent), ...literals(node.alternate)];
    case "LogicalExpression":
      return literals(node.right);
    case "JSXExpressionContainer":
      return literals(node.expression);
    default:
      return [];
  }
}

/** A component holds no sentence of its own: they stand in the catalogue, once for each language. */
const noLiteral = {
  meta: { type: "problem", schema: [], messages: { said: "“{{said}}” belongs into shared/text." } },
  create(context) {
    const check = (found) => {
      for (const { node, said } of found) {
        if (WORDS.test(said)) {
          context.report({ node, messageId: "said", data: { said: said.trim() } });
        }
      }
    };
    return {
      JSXText: (node) => {
        check([{ node, said: node.value }]);
      },
      JSXElement: (node) => {
        for (const child of node.children) {
          if (child.type === "JSXExpressionContainer") check(literals(child));
        }
      },
      JSXFragment: (node) => {
        for (const child of node.children) {
          if (child.type === "JSXExpressionContainer") check(literals(child));
        }
      },
      JSXAttribute: (node) => {
        if (SAID.test(node.name.name)) check(literals(node.value));
      },
    };
  },
};

const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "PropertyDefinition",
]);

/** What is read from the catalogue while a module loads stays in the language of that moment. */
const noKeptText = {
  meta: {
    type: "problem",
    schema: [],
    messages: { kept: "Read it where it is shown: kept here it would not change its language." },
  },
  create(context) {
    const parts = new Set();
    return {
      ImportDeclaration: (node) => {
        if (node.importKind === "type" || !CATALOGUE.test(node.source.value)) return;
        for (const { local } of node.specifiers) parts.add(local.name);
      },
      MemberExpression: (node) => {
        if (node.object.type !== "Identifier" || !parts.has(node.object.name)) return;
        for (let above = node.parent; above; above = above.parent) {
          if (FUNCTIONS.has(above.type)) return;
        }
        context.report({ node, messageId: "kept" });
      },
    };
  },
};

export const text = { rules: { "no-literal": noLiteral, "no-kept-text": noKeptText } };
