# client: LangChain through OpenInference
# version: openinference-instrumentation-langchain
# note: writes LangGraph's `thread_id` over a session id set with `using_session`: set yours on a span around the graph
# packages: langchain langchain-openai langgraph openinference-instrumentation-langchain opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, get_weather, start
from _turn import turn

provider = start()
from langchain.agents import create_agent
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from openinference.instrumentation import using_attributes
from openinference.instrumentation.langchain import LangChainInstrumentor

LangChainInstrumentor().instrument(tracer_provider=provider)
model = ChatOpenAI(model="gpt-4o-mini", max_retries=0, stream_usage=True)
chain = ChatPromptTemplate.from_messages([("system", "Be short."), ("user", "{question}")]) | model | StrOutputParser()


class Retriever(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        return [Document(page_content="Paris is a city.", metadata={"source": "a.txt"})]


with using_attributes(session_id="sess-oilc", user_id="user-7", tags=["alpha", "beta"]):
    print(chain.invoke({"question": QUESTIONS[0]}))
    for part in model.stream("And Italy?"):
        print(part.content)
    agent = create_agent(model, tools=[get_weather], system_prompt="Be short.", checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "thread-oilc"}}
    for question in (QUESTIONS[1], "Thanks, and the capital?"):
        with turn("sess-oilc", question):
            print(agent.invoke({"messages": [("user", question)]}, config)["messages"][-1].content)
    print(Retriever().invoke(QUESTIONS[0]))
    try:
        chain.invoke({"question": QUESTIONS[2]})
    except Exception as error:
        print("ERR", str(error)[:100])
print(chain.invoke({"question": QUESTIONS[0]}, {"metadata": {"session_id": "sess-oilc-meta"}}))
print(chain.invoke({"question": QUESTIONS[0]}, {"metadata": {"thread_id": "sess-oilc-thread"}}))
provider.shutdown()
